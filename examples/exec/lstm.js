#!/usr/bin/env node
// One step of an LSTM in JavaScript, and what holds it against lstm-verify's puzzles:
//     lstm-verify run generic generic-bidir -b "exec:node lstm.js"
// As its form is "step" it is led from step to step, through layers and directions of which it need not know.
'use strict';

const say = (message) => process.stdout.write(JSON.stringify(message) + '\n');

// JSON has no NaN and no infinity: they are written as strings.
const written = (v) => v.map((x) => Number.isFinite(x) ? x : String(x).toLowerCase().replace('infinity', 'inf'));

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

const dot = (row, v) => row.reduce((sum, w, k) => sum + w * v[k], 0);

function gate(name, activation, x, h, w, c, peephole) {
  return w.bias_ih[name].map((bias, k) => activation(
    bias + w.bias_hh[name][k] + dot(w.weight_ih[name][k], x) + dot(w.weight_hh[name][k], h)
    + (peephole ? w[peephole][k] * c[k] : 0)));
}

function cell(x, h0, c0, w, network) {
  const peephole = (name) => network.peephole && 'weight_c' + name;
  const i = gate('i', sigmoid, x, h0, w, c0, peephole('i'));
  const f = gate('f', sigmoid, x, h0, w, c0, peephole('f'));
  const g = gate('g', Math.tanh, x, h0, w);
  const c = c0.map((before, k) => f[k] * before + i[k] * g[k]);
  const o = gate('o', sigmoid, x, h0, w, c, peephole('o'));
  const h = c.map((now, k) => o[k] * Math.tanh(now));
  return {i, f, g, o, c, h};
}

say({
  protocol: 1,
  name: 'lstm.js',
  version: '1.0',
  form: 'step',
  shows: ['i', 'f', 'g', 'o', 'c', 'h'],
  supports: ['peephole'],
});

require('readline').createInterface({input: process.stdin}).on('line', (line) => {
  const {id, network, inputs, h0, c0, weights} = JSON.parse(line);
  const shown = cell(inputs[0], h0[0], c0[0], weights, network);
  const answer = {id};
  for (const [name, values] of Object.entries(shown)) answer[name] = [written(values)];
  say(answer);
});
