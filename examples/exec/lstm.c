/* A plain LSTM in C, and what holds it against lstm-verify's puzzles:
 *     gcc -O2 -o lstm lstm.c -lm && lstm-verify run memory generic -b exec:./lstm
 * It is no JSON reader: behind a key it takes as many numbers as there must be, in the order in which
 * they are always written (docs/exec.md): rows one by one, and gates in the order i, f, g, o. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double *numbers(const char *line, const char *key, int n)
{
    const char *p = strstr(line, key);
    double *x = calloc(n, sizeof *x);
    if (!p) exit(fprintf(stderr, "the request has no %s\n", key));
    p += strlen(key);
    for (int k = 0; k < n; k++) {
        p += strcspn(p, "-0123456789");             /* brackets, commas, and the names of gates */
        x[k] = strtod(p, (char **)&p);
    }
    return x;
}

static int number(const char *line, const char *key)
{
    double *x = numbers(line, key, 1);
    int n = (int)*x;
    free(x);
    return n;
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
    size_t room = 0;
    puts("{\"protocol\": 1, \"name\": \"lstm.c\", \"version\": \"1.0\", \"shows\": [\"h\", \"c\"]}");
    fflush(stdout);
    while (getline(&line, &room, stdin) > 0) {
        int I = number(line, "\"input_size\""), H = number(line, "\"hidden_size\"");
        int T = number(line, "\"steps\"");
        double *x = numbers(line, "\"inputs\"", T * I), *z = calloc(4 * H, sizeof *z);
        double *h0 = numbers(line, "\"h0\"", H), *c0 = numbers(line, "\"c0\"", H);
        double *W = numbers(line, "\"weight_ih\"", 4 * H * I), *U = numbers(line, "\"weight_hh\"", 4 * H * H);
        double *b = numbers(line, "\"bias_ih\"", 4 * H), *d = numbers(line, "\"bias_hh\"", 4 * H);
        double *h = calloc(T * H, sizeof *h), *c = calloc(T * H, sizeof *c);
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
        printf("{\"id\": %d", number(line, "\"id\""));
        print("h", h, T, H);
        print("c", c, T, H);
        puts("}");
        fflush(stdout);
        double *all[] = {x, z, h0, c0, W, U, b, d, h, c};
        for (int k = 0; k < 10; k++) free(all[k]);
    }
    return 0;
}
