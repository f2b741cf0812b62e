// SPDX-License-Identifier: GPL-2.0-or-later
/* SSE2 by intrinsics, and x87's 80 bits by long double. */
#include <emmintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t seed = 88172645463325252u;

static uint64_t random64(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void print128(const char *name, __m128i value)
{
	uint64_t words[2];
	_mm_storeu_si128((__m128i *)words, value);
	printf("%s %016lx%016lx\n", name, words[1], words[0]);
}

int main(void)
{
	__m128i sum = _mm_setzero_si128(), mix = _mm_set1_epi8(0x5a);
	__m128d d = _mm_set_pd(1.5, -2.25);
	for (int i = 0; i < 10000; i++) {
		__m128i v = _mm_set_epi64x((int64_t)random64(), (int64_t)random64());
		sum = _mm_add_epi32(sum, _mm_madd_epi16(v, mix));
		mix = _mm_xor_si128(_mm_packs_epi32(_mm_srai_epi32(v, 3), sum), _mm_mul_epu32(v, mix));
		mix = _mm_add_epi8(mix, _mm_sad_epu8(v, sum));
		d = _mm_add_pd(_mm_mul_pd(d, _mm_set1_pd(0.999)), _mm_cvtepi32_pd(_mm_srai_epi32(v, 20)));
		d = _mm_div_pd(d, _mm_sqrt_pd(_mm_add_pd(_mm_mul_pd(d, d), _mm_set1_pd(1.0))));
	}
	double pair[2];
	_mm_storeu_pd(pair, d);
	print128("sum", sum);
	print128("mix", mix);
	printf("doubles %.17g %.17g %a\n", pair[0], pair[1], pair[0]);

	long double x = 1.0L, pi = 0.0L, e = 1.0L, term = 1.0L;
	for (int i = 1; i < 40; i++)
		e += term /= i;
	for (long k = 0; k < 100000; k++)
		pi += (k & 1 ? -4.0L : 4.0L) / (2 * k + 1);
	for (int i = 0; i < 50; i++)
		x = x * 1.01L + sqrtl(x) / 3.0L;
	printf("e %.18Lg\npi %.18Lg\nx %.18Lg\n", e, pi, x);
	/* Some processors work these out to 64 bits, the translator and others to 52 and more. */
	printf("sin %.14Lg log %.14Lg exp %.14Lg pow %.14Lg atan2 %.14Lg\n", sinl(e), logl(pi), expl(0.7L), powl(e, 1.0L / 3.0L),
	       atan2l(pi, -e));
	printf("tiny %.18Lg huge %.18Lg nan %Lg inf %Lg\n", 3.3e-4940L / 7.0L, 1.1e4932L * 1.05L, 0.0L / (e - e), 1.0L / (e - e));
	printf("rounded %.18Lg %.18Lg %ld %d\n", rintl(2.5L), floorl(-e), lrintl(pi * 1e9L), (int)(e * 1000.0L));
	printf("float %.9g %.9g\n", sinf(0.5f), powf(1.7f, 3.3f));
	return 0;
}
