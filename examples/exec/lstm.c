/* A plain LSTM in C, and what holds it against lstm-verify's puzzles:
 *     gcc -O2 -o lstm lstm.c -lm && lstm-verify run memory generic -b exec:./lstm
 * It is no JSON reader: behind a key it takes as many numbers as there must be, in the order in which
 * they are always written (docs/exec.md): rows one by one, and gates in the order i, f, g, o. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double pool[1 << 22];                        /* all the numbers of a request */
static int used;

static double *room(int n)
{
    if ((used += n) > 1 << 22) exit(fprintf(stderr, "the request is too long\n"));
    return pool + used - n;
}

static double *numbers(const char *line, const char *key, int n)
{
    const char *p = strstr(line, key);
    double *x = room(n);
    if (!p) exit(fprintf(stderr, "the request has no %s\n", key));
    p += strlen(key);
    for (int k = 0; k < n; k++) {
        p += strcspn(p, "-0123456789");             /* brackets, commas, and the names of gates */
        x[k] = strtod(p, (char **)&p);
    }
    return x;
}

static void print(const char *name, const double *x, int steps, int size)
{
    printf(", \"%s\": [", name);
    for (int k = 0; k < steps * size; k++) {        /* 17 digits lose nothing; JSON has no nan and no inf */
        printf(k % size ? ", " : k ? "], [" : "[");
        if (isfinite(x[k])) printf("%.17g", x[k]);
        else printf("\"%s\"", isnan(x[k]) ? "nan" : x[k] > 0 ? "inf" : "-inf");
    }
    printf("]]");
}

static double sigmoid(double z) { return 1 / (1 + exp(-z)); }

int main(void)
{
    char *line = NULL;
    size_t length = 0;
    puts("{\"protocol\": 1, \"name\": \"lstm.c\", \"version\": \"1.0\", \"shows\": [\"h\", \"c\"]}");
    fflush(stdout);
    for (; getline(&line, &length, stdin) > 0; used = 0) {
        int I = *numbers(line, "\"input_size\"", 1), H = *numbers(line, "\"hidden_size\"", 1);
        int T = *numbers(line, "\"steps\"", 1);
        double *x = numbers(line, "\"inputs\"", T * I);
        double *h0 = numbers(line, "\"h0\"", H), *c0 = numbers(line, "\"c0\"", H);
        double *W = numbers(line, "\"weight_ih\"", 4 * H * I), *U = numbers(line, "\"weight_hh\"", 4 * H * H);
        double *b = numbers(line, "\"bias_ih\"", 4 * H), *d = numbers(line, "\"bias_hh\"", 4 * H);
        double *h = room(T * H), *c = room(T * H), *z = room(4 * H);
        for (int t = 0; t < T; t++) {
            const double *before_h = t ? h + (t - 1) * H : h0, *before_c = t ? c + (t - 1) * H : c0;
            for (int k = 0; k < 4 * H; k++) {
                z[k] = b[k] + d[k];
                for (int j = 0; j < I; j++) z[k] += W[k * I + j] * x[t * I + j];
                for (int j = 0; j < H; j++) z[k] += U[k * H + j] * before_h[j];
            }
            for (int k = 0; k < H; k++) {
                double i = sigmoid(z[k]), f = sigmoid(z[H + k]), g = tanh(z[2 * H + k]), o = sigmoid(z[3 * H + k]);
                c[t * H + k] = f * before_c[k] + i * g;
                h[t * H + k] = o * tanh(c[t * H + k]);
            }
        }
        printf("{\"id\": %.0f", *numbers(line, "\"id\"", 1));
        print("h", h, T, H);
        print("c", c, T, H);
        puts("}");
        fflush(stdout);
    }
    return 0;
}
