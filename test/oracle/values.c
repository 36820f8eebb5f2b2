// The compiler's own conversions: reads values of one format from stdin, writes them in another to stdout.
//
//   values <from> <to>     from, to: double, binary16, bfloat16, x87, binary128
//
// One of the two is double. Compile on x86-64, where long double is x87's and __float128 is IEEE binary128.

#include <fenv.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static size_t size_of(const char *format) {
  if (!strcmp(format, "double")) return 8;
  return !strcmp(format, "x87") || !strcmp(format, "binary128") ? 16 : 2;
}

// bfloat16 is new to compilers. Out of it: the upper half of a float. Into it: to a float that keeps in its last bit
// whether anything was cut off, and from there with integers, half a step up and, on a tie, back to even.
static double from_bfloat16(uint16_t bits) {
  uint32_t wide = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &wide, 4);
  return value;
}

static uint16_t to_bfloat16(double value) {
  volatile double exact = value;
  fesetround(FE_TOWARDZERO);
  volatile float cut = (float)exact;
  fesetround(FE_TONEAREST);
  uint32_t bits;
  float copy = cut;
  memcpy(&bits, &copy, 4);
  if (value != value) return bits >> 16 | 0x40;
  if ((double)copy != value) bits |= 1;
  bits += 0x7fff + (bits >> 16 & 1);
  return bits >> 16;
}

static void convert(const char *from, const char *to, const unsigned char *in, unsigned char *out) {
  double value;
  _Float16 half;
  uint16_t bits;
  long double extended;
  __float128 quad;
  if (!strcmp(from, "double")) memcpy(&value, in, 8);
  if (!strcmp(from, "binary16")) memcpy(&half, in, 2), value = (double)half;
  if (!strcmp(from, "bfloat16")) memcpy(&bits, in, 2), value = from_bfloat16(bits);
  if (!strcmp(from, "x87")) memcpy(&extended, in, 16), value = (double)extended;
  if (!strcmp(from, "binary128")) memcpy(&quad, in, 16), value = (double)quad;
  memset(out, 0, size_of(to));
  if (!strcmp(to, "double")) memcpy(out, &value, 8);
  if (!strcmp(to, "binary16")) half = (_Float16)value, memcpy(out, &half, 2);
  if (!strcmp(to, "bfloat16")) bits = to_bfloat16(value), memcpy(out, &bits, 2);
  if (!strcmp(to, "x87")) extended = value, memcpy(out, &extended, 10);
  if (!strcmp(to, "binary128")) quad = value, memcpy(out, &quad, 16);
}

int main(int count, char **words) {
  if (count != 3) return 2;
  unsigned char in[16], out[16];
  while (fread(in, size_of(words[1]), 1, stdin) == 1) {
    convert(words[1], words[2], in, out);
    fwrite(out, size_of(words[2]), 1, stdout);
  }
  return 0;
}
