using System.Numerics;
using Proxima.Runtime;
using Xunit;

namespace Proxima.Tests;

/// <summary>Every lane type against scalar functions in higher precision, and all widths against each other.</summary>
public unsafe class CpuLaneTests
{
    /// <summary>A unary function over a whole array, by whichever lane.</summary>
    private static T[] Map<V, T>(string name, T[] x)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged
    {
        var result = new T[x.Length];
        fixed (T* from = x, to = result)
        {
            for (var i = 0; i < x.Length; i += V.Count)
            {
                var v = V.Load(from + i);
                V.Store(to + i, name switch
                {
                    "Exp" => V.Exp(v),
                    "Expm1" => V.Expm1(v),
                    "Log" => V.Log(v),
                    "Tanh" => V.Tanh(v),
                    "Sigmoid" => V.Sigmoid(v),
                    "Erf" => V.Erf(v),
                    "Sin" => V.Sin(v),
                    "Cos" => V.Cos(v),
                    "Sqrt" => V.Sqrt(v),
                    "Rsqrt" => V.Rsqrt(v),
                    "Reciprocal" => V.Reciprocal(v),
                    "Floor" => V.Floor(v),
                    "Round" => V.Round(v),
                    "Sign" => V.Sign(v),
                    "Abs" => V.Abs(v),
                    "Negate" => -v,
                    _ => throw new ArgumentException(name),
                });
            }
        }
        return result;
    }

    private static T[] Map<V, T>(string name, T[] x, T[] y)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged
    {
        var result = new T[x.Length];
        fixed (T* from = x, second = y, to = result)
        {
            for (var i = 0; i < x.Length; i += V.Count)
            {
                var (a, b) = (V.Load(from + i), V.Load(second + i));
                V.Store(to + i, name switch
                {
                    "Add" => a + b,
                    "Subtract" => a - b,
                    "Multiply" => a * b,
                    "Divide" => a / b,
                    "Min" => V.Min(a, b),
                    "Max" => V.Max(a, b),
                    "AtMost" => V.AtMost(a, b),
                    "AtLeast" => V.AtLeast(a, b),
                    "Pow" => V.Pow(a, b),
                    "SoftThreshold" => V.SoftThreshold(a, b),
                    "MultiplyAdd" => V.MultiplyAdd(a, b, a),
                    "Less" => Ask(V.Less(a, b)),
                    "LessEqual" => Ask(V.LessEqual(a, b)),
                    "Greater" => Ask(V.Greater(a, b)),
                    "GreaterEqual" => Ask(V.GreaterEqual(a, b)),
                    "Equal" => Ask(V.Equal(a, b)),
                    "NotEqual" => Ask(V.NotEqual(a, b)),
                    _ => throw new ArgumentException(name),
                });
                V Ask(V mask) => V.Select(mask, a, b);
            }
        }
        return result;
    }

    private static T[] Values<T>()
        where T : IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        var values = new List<T>
        {
            T.Zero, T.NegativeZero, T.One, -T.One, T.NaN, T.PositiveInfinity, T.NegativeInfinity, T.Epsilon, -T.Epsilon, T.MaxValue, T.MinValue,
            T.CreateChecked(typeof(T) == typeof(float) ? 1.17549435e-38 : 2.2250738585072014e-308),
        };
        foreach (var x in new[] { 0.5, 1.5, 2.5, 0.99999, 87.3, 88.7, 88.73, 89.1, 103.9, 104.1, 120, 709.7, 709.8, 745.1, 745.2, 746, 800, 1e5, 1e6, 65536, 1048576, 1e9, 1e20, Math.PI, Math.PI / 2, 22, 355 })
        {
            values.Add(T.CreateChecked(x));
            values.Add(T.CreateChecked(-x));
        }
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            values.Add(T.CreateSaturating((random.NextDouble() * 2 - 1) * 12));
            values.Add(T.CreateSaturating((random.NextDouble() * 2 - 1) * 100));
            values.Add(T.CreateSaturating((random.NextDouble() * 2 - 1) * Math.Pow(10, random.Next(-40, 38))));
            values.Add(T.CreateSaturating(1 + (random.NextDouble() * 2 - 1) * Math.Pow(10, random.Next(-15, 0))));
        }
        if (typeof(T) == typeof(double))
        {
            for (var i = 0; i < 5000; i++)
            {
                values.Add(T.CreateSaturating((random.NextDouble() * 2 - 1) * 800));
                values.Add(T.CreateSaturating((random.NextDouble() * 2 - 1) * Math.Pow(10, random.Next(-320, 308))));
            }
        }
        while (values.Count % 16 != 0)
            values.Add(T.One);
        return [.. values];
    }

    [Fact]
    public unsafe void Vectors_that_reach_beyond_a_row_have_zeros_there()
    {
        Check<F512, float>();
        Check<F256, float>();
        Check<F128, float>();
        Check<F1, float>();
        Check<D512, double>();
        Check<D256, double>();
        Check<D128, double>();
        Check<D1, double>();

        static void Check<V, T>()
            where V : unmanaged, ILane<V, T>
            where T : unmanaged, INumber<T>
        {
            var row = stackalloc T[64];
            var lanes = stackalloc T[V.Count];
            for (var i = 0; i < 64; i++) row[i] = T.CreateChecked(i + 1);
            for (nint count = 0; count <= 20; count++)
            {
                for (nint at = -20; at <= 40; at++)
                {
                    V.Store(lanes, LaneMath.LoadWithin<V, T>(row + at, at, count));
                    for (var lane = 0; lane < V.Count; lane++)
                        Assert.Equal(at + lane >= 0 && at + lane < count ? T.CreateChecked(at + lane + 1) : T.Zero, lanes[lane]);
                    V.Store(lanes, Simd.LoadMasked<V, T>(row + at, V.And(V.First(count - at), V.Not(V.First(-at)))));
                    for (var lane = 0; lane < V.Count; lane++)
                        Assert.Equal(at + lane >= 0 && at + lane < count ? T.CreateChecked(at + lane + 1) : T.Zero, lanes[lane]);
                }
            }
        }
    }

    [Fact]
    public void DivisorsDivide()
    {
        Check<F512, float>(float.MinValue, float.Epsilon, float.MaxValue);
        Check<F256, float>(float.MinValue, float.Epsilon, float.MaxValue);
        Check<F128, float>(float.MinValue, float.Epsilon, float.MaxValue);
        Check<F1, float>(float.MinValue, float.Epsilon, float.MaxValue);
        Check<D512, double>(double.MinValue, double.Epsilon, double.MaxValue);
        Check<D256, double>(double.MinValue, double.Epsilon, double.MaxValue);
        Check<D128, double>(double.MinValue, double.Epsilon, double.MaxValue);
        Check<D1, double>(double.MinValue, double.Epsilon, double.MaxValue);

        static void Check<V, T>(T least, T smallest, T largest)
            where V : unmanaged, ILane<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var random = new Random(1);
            var numbers = new List<T> { T.Zero, T.NegativeZero, T.One, least, largest, smallest, -smallest, T.NaN, T.PositiveInfinity, T.NegativeInfinity };
            var digits = sizeof(T) == sizeof(float) ? 120 : 1000;
            for (var i = 0; i < 200; i++) numbers.Add(T.ScaleB(T.CreateChecked(random.NextDouble() + 1) * (i % 2 == 0 ? T.One : -T.One), random.Next(-digits, digits)));
            for (var i = 0; i < 20; i++) numbers.Add(smallest * T.CreateChecked(random.Next(1, 1 << 22)));
            var row = new T[(numbers.Count + V.Count - 1) / V.Count * V.Count];
            numbers.CopyTo(row);
            var lanes = new T[V.Count];
            fixed (T* x = row, to = lanes)
            {
                foreach (var divisor in numbers)
                {
                    var by = new Divisor<V, T>(V.Broadcast(divisor));
                    for (var i = 0; i < row.Length; i += V.Count)
                    {
                        V.Store(to, V.Load(x + i) / by);
                        for (var lane = 0; lane < V.Count; lane++)
                        {
                            var expected = row[i + lane] / divisor;
                            var near = lanes[lane].Equals(expected) || lanes[lane] == expected || T.Abs(lanes[lane] - expected) <= T.CreateChecked(2) * (T.BitIncrement(T.Abs(expected)) - T.Abs(expected));
                            // A quotient that rounds to the largest number may round to infinity.
                            Assert.True(near || T.Abs(expected) >= largest * T.CreateChecked(0.9999999) && T.Abs(lanes[lane]) >= largest * T.CreateChecked(0.9999999), $"{row[i + lane]} / {divisor} is {lanes[lane]} instead of {expected}");
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void ElementsOfTwoVectorsAreSortedAndZipped()
    {
        Check<F512, float>();
        Check<F256, float>();
        Check<F128, float>();
        Check<F1, float>();
        Check<D512, double>();
        Check<D256, double>();
        Check<D128, double>();
        Check<D1, double>();

        static void Check<V, T>()
            where V : unmanaged, ILane<V, T>
            where T : unmanaged, INumber<T>
        {
            var row = stackalloc T[2 * V.Count];
            for (var i = 0; i < 2 * V.Count; i++) row[i] = T.CreateChecked(i);
            V a = V.Load(row), b = V.Load(row + V.Count);
            var even = Enumerable.Range(0, V.Count).Select(i => 2 * i).ToArray();
            var zipped = Enumerable.Range(0, V.Count).SelectMany(i => new[] { i, V.Count + i }).ToArray();
            Is(V.Even(a, b), even);
            Is(V.Odd(a, b), [.. even.Select(i => i + 1)]);
            Is(V.ZipLow(a, b), zipped[..V.Count]);
            Is(V.ZipHigh(a, b), zipped[V.Count..]);

            static void Is(V v, int[] expected)
            {
                var lanes = new T[V.Count];
                fixed (T* to = lanes) V.Store(to, v);
                Assert.Equal(expected.Select(T.CreateChecked), lanes);
            }
        }
    }

    private static double Oracle(string name, double x) => name switch
    {
        "Exp" => Math.Exp(x),
        "Expm1" => Expm1(x),
        "Log" => Math.Log(x),
        "Tanh" => Math.Tanh(x),
        "Sigmoid" => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x)),
        "Erf" => Erf(x),
        "Sin" => Math.Sin(x),
        "Cos" => Math.Cos(x),
        "Sqrt" => Math.Sqrt(x),
        "Rsqrt" => 1 / Math.Sqrt(x),
        "Reciprocal" => 1 / x,
        "Floor" => Math.Floor(x),
        "Round" => Math.Round(x),
        "Sign" => x > 0 ? 1 : x < 0 ? -1 : 0,
        "Abs" => Math.Abs(x),
        "Negate" => -x,
        _ => throw new ArgumentException(name),
    };

    private static double Expm1(double x)
    {
        if (!(Math.Abs(x) < 0.5)) return Math.Exp(x) - 1;
        double term = x, sum = x;
        for (var n = 2; n < 20; n++)
            sum += term *= x / n;
        return sum;
    }

    /// <summary>erf x = 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, all terms positive, in 28 decimal digits.</summary>
    private static double Erf(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) > 6.5)
            return double.IsNaN(x) ? x : Math.Sign(x);
        if (Math.Abs(x) < 1e-6)
            return x * 1.1283791670955125739 * (1 - x * x / 3);
        var d = (decimal)Math.Abs(x);
        // The cast rounds to 16 digits; the derivative makes up for the rest.
        var remainder = Math.Abs(x) - (double)d;
        decimal term = d, sum = d;
        for (var n = 1; term > 1e-27m * sum && n < 1000; n++)
            sum += term *= 2 * d * d / (2 * n + 1);
        decimal power = 1, exponential = 1;
        for (var n = 1; power > 1e-27m * exponential && n < 1000; n++)
            exponential += power *= d * d / n;
        var erf = (double)(1.128379167095512573896158903m * (sum / exponential)) + remainder * 1.1283791670955126 * Math.Exp(-x * x);
        return Math.CopySign(erf, x);
    }

    private static double Ulps<T>(T got, double expected)
        where T : IFloatingPointIeee754<T>
    {
        var rounded = T.CreateSaturating(expected);
        if (T.IsNaN(rounded) || T.IsNaN(got))
            return T.IsNaN(rounded) && T.IsNaN(got) ? 0 : double.PositiveInfinity;
        if (got == rounded)
            return 0;
        if (T.IsInfinity(got) || T.IsInfinity(rounded))
        {
            // One step past the largest number is infinity.
            var (finite, infinite) = T.IsInfinity(got) ? (rounded, got) : (got, rounded);
            return T.BitIncrement(T.Abs(finite)) == T.Abs(infinite) && T.Sign(finite) == T.Sign(infinite) ? 1 : double.PositiveInfinity;
        }
        var size = T.Abs(rounded);
        var spacing = T.BitIncrement(size) - size;
        if (!T.IsFinite(spacing))
            spacing = size - T.BitDecrement(size);
        return Math.Abs(double.CreateChecked((got - rounded) / spacing));
    }

    [Theory]
    [InlineData("Exp", 2, 2)]
    [InlineData("Expm1", 2, 5)]
    [InlineData("Log", 2, 2)]
    [InlineData("Tanh", 3, 4)]
    [InlineData("Sigmoid", 3, 4)]
    [InlineData("Erf", 5, 4)]
    [InlineData("Sin", 2, 3)]
    [InlineData("Cos", 2, 3)]
    [InlineData("Sqrt", 0, 0)]
    [InlineData("Rsqrt", 1, 0)]
    [InlineData("Reciprocal", 0, 0)]
    [InlineData("Floor", 0, 0)]
    [InlineData("Round", 0, 0)]
    [InlineData("Sign", 0, 0)]
    [InlineData("Abs", 0, 0)]
    [InlineData("Negate", 0, 0)]
    public void FunctionsOfOneNumber(string name, double floatUlps, double doubleUlps)
    {
        var floats = Values<float>();
        var f = Map<F512, float>(name, floats);
        AssertClose(name, floats, f, floatUlps);
        AssertSame(f, Map<F256, float>(name, floats), Map<F128, float>(name, floats), Map<F1, float>(name, floats));

        var doubles = Values<double>();
        var d = Map<D512, double>(name, doubles);
        AssertClose(name, doubles, d, doubleUlps);
        AssertSame(d, Map<D256, double>(name, doubles), Map<D128, double>(name, doubles), Map<D1, double>(name, doubles));
    }

    private static void AssertClose<T>(string name, T[] x, T[] got, double ulps)
        where T : IFloatingPointIeee754<T>
    {
        var (worst, at) = (0.0, 0);
        for (var i = 0; i < x.Length; i++)
        {
            var error = Ulps(got[i], Oracle(name, double.CreateChecked(x[i])));
            if (error > worst)
                (worst, at) = (error, i);
        }
        Assert.True(worst <= ulps, $"{name}({x[at]:R}) = {got[at]:R} instead of {Oracle(name, double.CreateChecked(x[at])):R}: {worst:F2} units in the last place");
    }

    private static void AssertSame<T>(T[] expected, params T[][] others)
        where T : IFloatingPointIeee754<T>
    {
        foreach (var other in others)
        {
            for (var i = 0; i < expected.Length; i++)
            {
                if (!(expected[i] == other[i] && T.IsNegative(expected[i]) == T.IsNegative(other[i]) || T.IsNaN(expected[i]) && T.IsNaN(other[i])))
                    Assert.Fail($"element {i} is {expected[i]:R} at one width and {other[i]:R} at another");
            }
        }
    }

    private static double Oracle(string name, double x, double y) => name switch
    {
        "Add" => x + y,
        "Subtract" => x - y,
        "Multiply" => x * y,
        "Divide" => x / y,
        "Min" => Math.Min(x, y),
        "Max" => Math.Max(x, y),
        "AtMost" => y < x ? y : x,
        "AtLeast" => y > x ? y : x,
        "Pow" => Math.Pow(x, y),
        "SoftThreshold" => (x > 0 ? 1 : x < 0 ? -1 : 0) * Math.Max(Math.Abs(x) - y, 0),
        "MultiplyAdd" => Math.FusedMultiplyAdd(x, y, x),
        "Less" => x < y ? x : y,
        "LessEqual" => x <= y ? x : y,
        "Greater" => x > y ? x : y,
        "GreaterEqual" => x >= y ? x : y,
        "Equal" => x == y ? x : y,
        "NotEqual" => x != y ? x : y,
        _ => throw new ArgumentException(name),
    };

    [Theory]
    [InlineData("Add", 0, 0)]
    [InlineData("Subtract", 0, 0)]
    [InlineData("Multiply", 0, 0)]
    [InlineData("Divide", 0, 0)]
    [InlineData("MultiplyAdd", 1, 0)]
    [InlineData("Min", 0, 0)]
    [InlineData("Max", 0, 0)]
    [InlineData("AtMost", 0, 0)]
    [InlineData("AtLeast", 0, 0)]
    [InlineData("SoftThreshold", 0, 0)]
    [InlineData("Less", 0, 0)]
    [InlineData("LessEqual", 0, 0)]
    [InlineData("Greater", 0, 0)]
    [InlineData("GreaterEqual", 0, 0)]
    [InlineData("Equal", 0, 0)]
    [InlineData("NotEqual", 0, 0)]
    [InlineData("Pow", 2, 16)]
    public void FunctionsOfTwoNumbers(string name, double floatUlps, double doubleUlps)
    {
        Check<F512, F256, F128, F1, float>(name, floatUlps);
        Check<D512, D256, D128, D1, double>(name, doubleUlps);
    }

    private static void Check<A, B, C, D, T>(string name, double ulps)
        where A : unmanaged, ILane<A, T>
        where B : unmanaged, ILane<B, T>
        where C : unmanaged, ILane<C, T>
        where D : unmanaged, ILane<D, T>
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        var values = Values<T>();
        var (x, y) = (new List<T>(), new List<T>());
        T[] special =
        [
            T.Zero, T.NegativeZero, T.One, -T.One, T.NaN, T.PositiveInfinity, T.NegativeInfinity, T.Epsilon, T.MaxValue,
            .. new[] { 2, -2, 3, -3, 0.5, -0.5, 1.5, 4, 0.1, 1e7, 1e7 + 1, 33 }.Select(v => T.CreateChecked(v)),
        ];
        foreach (var a in special)
        {
            foreach (var b in special)
            {
                x.Add(a);
                y.Add(b);
            }
        }
        var random = new Random(9);
        for (var i = 0; i < 40_000; i++)
        {
            x.Add(name == "Pow" && i % 4 != 0 ? T.Abs(values[random.Next(values.Length)]) : values[random.Next(values.Length)]);
            y.Add(i % 3 == 0 ? T.CreateChecked(random.Next(-40, 40)) : values[random.Next(values.Length)]);
        }
        while (x.Count % 16 != 0)
        {
            x.Add(T.One);
            y.Add(T.One);
        }
        var (first, second) = (x.ToArray(), y.ToArray());
        var got = Map<A, T>(name, first, second);
        AssertSame(got, Map<B, T>(name, first, second), Map<C, T>(name, first, second), Map<D, T>(name, first, second));
        for (var i = 0; i < first.Length; i++)
        {
            var expected = Oracle(name, double.CreateChecked(first[i]), double.CreateChecked(second[i]));
            if (name == "SoftThreshold" && T.IsNegativeInfinity(second[i]))
                continue;           // zero times infinity: no threshold
            if (!(Ulps(got[i], expected) <= ulps))
                Assert.Fail($"{name}({first[i]:R}, {second[i]:R}) = {got[i]:R} instead of {expected:R}: {Ulps(got[i], expected):F2} units in the last place");
        }
    }

    [Fact]
    public void HorizontalAndBitwise()
    {
        Check<F512, float>();
        Check<F256, float>();
        Check<F128, float>();
        Check<F1, float>();
        Check<D512, double>();
        Check<D256, double>();
        Check<D128, double>();
        Check<D1, double>();

        static void Check<V, T>()
            where V : unmanaged, ILane<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            T N(int value) => T.CreateChecked(value);
            var ramp = V.Ramp(N(3));
            Assert.Equal(N(3 + V.Count - 1), V.Max(ramp));
            Assert.Equal(N(3), V.Min(ramp));
            Assert.Equal(N(3 * V.Count + V.Count * (V.Count - 1) / 2), V.Sum(ramp));
            var values = stackalloc T[V.Count];
            for (var i = 0; i < V.Count; i++)
            {
                V.Store(values, ramp);
                Assert.Equal(N(3 + i), values[i]);
                values[i] = T.NaN;
                Assert.True(T.IsNaN(V.Max(V.Load(values))));
                Assert.True(T.IsNaN(V.Min(V.Load(values))));
                values[i] = N(100);
                Assert.Equal(N(100), V.Max(V.Load(values)));
                Assert.True(V.Any(V.Equal(V.Load(values), V.Broadcast(N(100)))));
            }
            var none = V.NotEqual(ramp, ramp);
            var all = V.Equal(ramp, ramp);
            Assert.False(V.Any(none));
            Assert.False(V.Any(V.Not(all)));
            Assert.False(V.Any(V.And(all, none)));
            Assert.Equal(V.Sum(ramp), V.Sum(V.Select(V.Or(none, all), ramp, V.Broadcast(T.NaN))));
            Assert.Equal(N(V.Count), V.Sum(V.And(all, V.Broadcast(T.One))));
            Assert.Equal(N(8 * V.Count), V.Sum(V.Scale(V.Broadcast(T.One), V.Broadcast(N(3)))));
        }
    }

    [Fact]
    public void WidthsAreThoseOfTheMachine()
    {
        Assert.Contains(Simd.FloatWidth, new[] { 4, 8, 16 });
        Assert.Equal(Simd.FloatWidth, 2 * Simd.DoubleWidth);
        Assert.Equal((16, 8, 4, 1), (F512.Count, F256.Count, F128.Count, F1.Count));
    }

    [Fact]
    public void TheFirstElementsAreMasked()
    {
        Check<F1, float>(1f);
        Check<F128, float>(1f);
        Check<F256, float>(1f);
        Check<F512, float>(1f);
        Check<D1, double>(1);
        Check<D128, double>(1);
        Check<D256, double>(1);
        Check<D512, double>(1);

        static void Check<V, T>(T one)
            where V : unmanaged, ILane<V, T>
            where T : unmanaged
        {
            var values = stackalloc T[V.Count];
            foreach (var count in new[] { long.MinValue, -1, 0, 1, 2, 3, 15, 16, 1L << 32, long.MaxValue })
            {
                V.Store(values, V.Select(V.First(count), V.Broadcast(one), V.Broadcast(default)));
                for (var i = 0; i < V.Count; i++) Assert.Equal(i < count ? one : default, values[i]);
            }
        }
    }
}
