package dev.atoll.runtime.loop;

/**
 * Finds out whether a thread has stack to spare, by asking the JVM for some: the only way Java has.
 *
 * <p>A method with {@value #KIB} KiB of local variables. Interpreted, its frame is that large. Compiled, it is not, for the
 * variables are never used, but a compiled method of HotSpot's touches the stack, before it does anything, as far down as its
 * interpreted frame would reach, since it may have to become one. So it takes a few nanoseconds however much it asks for.
 *
 * <p>That holds as long as it is not inlined into its caller, for which it has too many byte codes, and as long as there
 * is a call in it, without which the first compiler does not look for the size of the frame. Neither is ever reached. What lies
 * below the deepest Java frame, for native code, HotSpot keeps free by itself.
 */
final class StackProbe {
    /** What is asked for. */
    static final int KIB = 20;

    private StackProbe() {}

    /** Whether there is room. Nothing may be held by the caller that an overflow here would leave half done. */
    static boolean hasRoom() {
        try {
            return reach(1) > 0;
        } catch (StackOverflowError e) {
            return false;
        }
    }

    /**
     * Has 1,280 variables of two words of 8 bytes each.
     *
     * @param number positive; is returned
     */
    @SuppressWarnings("UnusedVariable") // that they are declared is all
    private static long reach(long number) {
        long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19;
        long a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39;
        long a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9;
        long b10, b11, b12, b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24, b25, b26, b27, b28, b29;
        long b30, b31, b32, b33, b34, b35, b36, b37, b38, b39, b40, b41, b42, b43, b44, b45, b46, b47, b48, b49;
        long c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19;
        long c20, c21, c22, c23, c24, c25, c26, c27, c28, c29, c30, c31, c32, c33, c34, c35, c36, c37, c38, c39;
        long c40, c41, c42, c43, c44, c45, c46, c47, c48, c49, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9;
        long d10, d11, d12, d13, d14, d15, d16, d17, d18, d19, d20, d21, d22, d23, d24, d25, d26, d27, d28, d29;
        long d30, d31, d32, d33, d34, d35, d36, d37, d38, d39, d40, d41, d42, d43, d44, d45, d46, d47, d48, d49;
        long e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17, e18, e19;
        long e20, e21, e22, e23, e24, e25, e26, e27, e28, e29, e30, e31, e32, e33, e34, e35, e36, e37, e38, e39;
        long e40, e41, e42, e43, e44, e45, e46, e47, e48, e49, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9;
        long f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22, f23, f24, f25, f26, f27, f28, f29;
        long f30, f31, f32, f33, f34, f35, f36, f37, f38, f39, f40, f41, f42, f43, f44, f45, f46, f47, f48, f49;
        long g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13, g14, g15, g16, g17, g18, g19;
        long g20, g21, g22, g23, g24, g25, g26, g27, g28, g29, g30, g31, g32, g33, g34, g35, g36, g37, g38, g39;
        long g40, g41, g42, g43, g44, g45, g46, g47, g48, g49, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9;
        long h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23, h24, h25, h26, h27, h28, h29;
        long h30, h31, h32, h33, h34, h35, h36, h37, h38, h39, h40, h41, h42, h43, h44, h45, h46, h47, h48, h49;
        long i0, i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15, i16, i17, i18, i19;
        long i20, i21, i22, i23, i24, i25, i26, i27, i28, i29, i30, i31, i32, i33, i34, i35, i36, i37, i38, i39;
        long i40, i41, i42, i43, i44, i45, i46, i47, i48, i49, j0, j1, j2, j3, j4, j5, j6, j7, j8, j9;
        long j10, j11, j12, j13, j14, j15, j16, j17, j18, j19, j20, j21, j22, j23, j24, j25, j26, j27, j28, j29;
        long j30, j31, j32, j33, j34, j35, j36, j37, j38, j39, j40, j41, j42, j43, j44, j45, j46, j47, j48, j49;
        long k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15, k16, k17, k18, k19;
        long k20, k21, k22, k23, k24, k25, k26, k27, k28, k29, k30, k31, k32, k33, k34, k35, k36, k37, k38, k39;
        long k40, k41, k42, k43, k44, k45, k46, k47, k48, k49, l0, l1, l2, l3, l4, l5, l6, l7, l8, l9;
        long l10, l11, l12, l13, l14, l15, l16, l17, l18, l19, l20, l21, l22, l23, l24, l25, l26, l27, l28, l29;
        long l30, l31, l32, l33, l34, l35, l36, l37, l38, l39, l40, l41, l42, l43, l44, l45, l46, l47, l48, l49;
        long m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19;
        long m20, m21, m22, m23, m24, m25, m26, m27, m28, m29, m30, m31, m32, m33, m34, m35, m36, m37, m38, m39;
        long m40, m41, m42, m43, m44, m45, m46, m47, m48, m49, n0, n1, n2, n3, n4, n5, n6, n7, n8, n9;
        long n10, n11, n12, n13, n14, n15, n16, n17, n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29;
        long n30, n31, n32, n33, n34, n35, n36, n37, n38, n39, n40, n41, n42, n43, n44, n45, n46, n47, n48, n49;
        long o0, o1, o2, o3, o4, o5, o6, o7, o8, o9, o10, o11, o12, o13, o14, o15, o16, o17, o18, o19;
        long o20, o21, o22, o23, o24, o25, o26, o27, o28, o29, o30, o31, o32, o33, o34, o35, o36, o37, o38, o39;
        long o40, o41, o42, o43, o44, o45, o46, o47, o48, o49, p0, p1, p2, p3, p4, p5, p6, p7, p8, p9;
        long p10, p11, p12, p13, p14, p15, p16, p17, p18, p19, p20, p21, p22, p23, p24, p25, p26, p27, p28, p29;
        long p30, p31, p32, p33, p34, p35, p36, p37, p38, p39, p40, p41, p42, p43, p44, p45, p46, p47, p48, p49;
        long q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12, q13, q14, q15, q16, q17, q18, q19;
        long q20, q21, q22, q23, q24, q25, q26, q27, q28, q29, q30, q31, q32, q33, q34, q35, q36, q37, q38, q39;
        long q40, q41, q42, q43, q44, q45, q46, q47, q48, q49, r0, r1, r2, r3, r4, r5, r6, r7, r8, r9;
        long r10, r11, r12, r13, r14, r15, r16, r17, r18, r19, r20, r21, r22, r23, r24, r25, r26, r27, r28, r29;
        long r30, r31, r32, r33, r34, r35, r36, r37, r38, r39, r40, r41, r42, r43, r44, r45, r46, r47, r48, r49;
        long s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19;
        long s20, s21, s22, s23, s24, s25, s26, s27, s28, s29, s30, s31, s32, s33, s34, s35, s36, s37, s38, s39;
        long s40, s41, s42, s43, s44, s45, s46, s47, s48, s49, t0, t1, t2, t3, t4, t5, t6, t7, t8, t9;
        long t10, t11, t12, t13, t14, t15, t16, t17, t18, t19, t20, t21, t22, t23, t24, t25, t26, t27, t28, t29;
        long t30, t31, t32, t33, t34, t35, t36, t37, t38, t39, t40, t41, t42, t43, t44, t45, t46, t47, t48, t49;
        long u0, u1, u2, u3, u4, u5, u6, u7, u8, u9, u10, u11, u12, u13, u14, u15, u16, u17, u18, u19;
        long u20, u21, u22, u23, u24, u25, u26, u27, u28, u29, u30, u31, u32, u33, u34, u35, u36, u37, u38, u39;
        long u40, u41, u42, u43, u44, u45, u46, u47, u48, u49, v0, v1, v2, v3, v4, v5, v6, v7, v8, v9;
        long v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26, v27, v28, v29;
        long v30, v31, v32, v33, v34, v35, v36, v37, v38, v39, v40, v41, v42, v43, v44, v45, v46, v47, v48, v49;
        long w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15, w16, w17, w18, w19;
        long w20, w21, w22, w23, w24, w25, w26, w27, w28, w29, w30, w31, w32, w33, w34, w35, w36, w37, w38, w39;
        long w40, w41, w42, w43, w44, w45, w46, w47, w48, w49, x0, x1, x2, x3, x4, x5, x6, x7, x8, x9;
        long x10, x11, x12, x13, x14, x15, x16, x17, x18, x19, x20, x21, x22, x23, x24, x25, x26, x27, x28, x29;
        long x30, x31, x32, x33, x34, x35, x36, x37, x38, x39, x40, x41, x42, x43, x44, x45, x46, x47, x48, x49;
        long y0, y1, y2, y3, y4, y5, y6, y7, y8, y9, y10, y11, y12, y13, y14, y15, y16, y17, y18, y19;
        long y20, y21, y22, y23, y24, y25, y26, y27, y28, y29, y30, y31, y32, y33, y34, y35, y36, y37, y38, y39;
        long y40, y41, y42, y43, y44, y45, y46, y47, y48, y49, z0, z1, z2, z3, z4, z5, z6, z7, z8, z9;
        long z10, z11, z12, z13, z14, z15, z16, z17, z18, z19, z20, z21, z22, z23, z24, z25, z26, z27, z28, z29;

        if (number > 0) {
            return number;
        }
        long sum = number;
        sum = sum * 31 + (sum >>> 1) ^ 1000;
        sum = sum * 31 + (sum >>> 2) ^ 1001;
        sum = sum * 31 + (sum >>> 3) ^ 1002;
        sum = sum * 31 + (sum >>> 4) ^ 1003;
        sum = sum * 31 + (sum >>> 5) ^ 1004;
        sum = sum * 31 + (sum >>> 6) ^ 1005;
        sum = sum * 31 + (sum >>> 7) ^ 1006;
        sum = sum * 31 + (sum >>> 8) ^ 1007;
        sum = sum * 31 + (sum >>> 9) ^ 1008;
        sum = sum * 31 + (sum >>> 10) ^ 1009;
        sum = sum * 31 + (sum >>> 11) ^ 1010;
        sum = sum * 31 + (sum >>> 12) ^ 1011;
        sum = sum * 31 + (sum >>> 13) ^ 1012;
        sum = sum * 31 + (sum >>> 14) ^ 1013;
        sum = sum * 31 + (sum >>> 15) ^ 1014;
        sum = sum * 31 + (sum >>> 16) ^ 1015;
        sum = sum * 31 + (sum >>> 17) ^ 1016;
        sum = sum * 31 + (sum >>> 18) ^ 1017;
        sum = sum * 31 + (sum >>> 19) ^ 1018;
        sum = sum * 31 + (sum >>> 20) ^ 1019;
        sum = sum * 31 + (sum >>> 21) ^ 1020;
        sum = sum * 31 + (sum >>> 22) ^ 1021;
        sum = sum * 31 + (sum >>> 23) ^ 1022;
        sum = sum * 31 + (sum >>> 24) ^ 1023;
        sum = sum * 31 + (sum >>> 25) ^ 1024;
        sum = sum * 31 + (sum >>> 26) ^ 1025;
        sum = sum * 31 + (sum >>> 27) ^ 1026;
        sum = sum * 31 + (sum >>> 28) ^ 1027;
        sum = sum * 31 + (sum >>> 29) ^ 1028;
        sum = sum * 31 + (sum >>> 30) ^ 1029;
        sum = sum * 31 + (sum >>> 31) ^ 1030;
        sum = sum * 31 + (sum >>> 32) ^ 1031;
        sum = sum * 31 + (sum >>> 33) ^ 1032;
        sum = sum * 31 + (sum >>> 34) ^ 1033;
        sum = sum * 31 + (sum >>> 35) ^ 1034;
        sum = sum * 31 + (sum >>> 36) ^ 1035;
        return unreached(sum);
    }

    private static long unreached(long number) {
        throw new AssertionError(number);
    }
}
