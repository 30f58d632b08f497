using ILGPU;
using ILGPU.Runtime;
using Proxima.Gpu;
using Xunit;
using Xunit.Abstractions;

namespace Proxima.Tests;

/// <summary>Every function of <see cref="GpuMath"/>, run on the device, against the Float64 functions of .NET.</summary>
[Collection(OpenClDevice.Name)]
public sealed class GpuMathTests(ITestOutputHelper output)
{
    public enum Function { Abs, Sign, Floor, Sqrt, Rsqrt, Exp, Log, Tanh, Sigmoid, Erf, Sin, Cos }

    public enum Function2 { Max, Min, SoftThreshold, Pow }

    private readonly struct Single1(Function function, ArrayView<float> x, ArrayView<float> y) : IMapKernel
    {
        private readonly Function _function = function;
        private readonly ArrayView<float> _x = x, _y = y;

        public void Run(long index)
        {
            var x = _x[index];
            _y[index] = _function switch
            {
                Function.Abs => GpuMath.Abs(x),
                Function.Sign => GpuMath.Sign(x),
                Function.Floor => GpuMath.Floor(x),
                Function.Sqrt => GpuMath.Sqrt(x),
                Function.Rsqrt => GpuMath.Rsqrt(x),
                Function.Exp => GpuMath.Exp(x),
                Function.Log => GpuMath.Log(x),
                Function.Tanh => GpuMath.Tanh(x),
                Function.Sigmoid => GpuMath.Sigmoid(x),
                Function.Erf => GpuMath.Erf(x),
                Function.Sin => GpuMath.Sin(x),
                _ => GpuMath.Cos(x),
            };
        }
    }

    private readonly struct Double1(Function function, ArrayView<double> x, ArrayView<double> y) : IMapKernel
    {
        private readonly Function _function = function;
        private readonly ArrayView<double> _x = x, _y = y;

        public void Run(long index)
        {
            var x = _x[index];
            _y[index] = _function switch
            {
                Function.Abs => GpuMath.Abs(x),
                Function.Sign => GpuMath.Sign(x),
                Function.Floor => GpuMath.Floor(x),
                Function.Sqrt => GpuMath.Sqrt(x),
                Function.Rsqrt => GpuMath.Rsqrt(x),
                Function.Exp => GpuMath.Exp(x),
                Function.Log => GpuMath.Log(x),
                Function.Tanh => GpuMath.Tanh(x),
                Function.Sigmoid => GpuMath.Sigmoid(x),
                Function.Erf => GpuMath.Erf(x),
                Function.Sin => GpuMath.Sin(x),
                _ => GpuMath.Cos(x),
            };
        }
    }

    private readonly struct Single2(Function2 function, ArrayView<float> x, ArrayView<float> y, ArrayView<float> z) : IMapKernel
    {
        private readonly Function2 _function = function;
        private readonly ArrayView<float> _x = x, _y = y, _z = z;

        public void Run(long index)
        {
            float x = _x[index], y = _y[index];
            _z[index] = _function switch
            {
                Function2.Max => GpuMath.Max(x, y),
                Function2.Min => GpuMath.Min(x, y),
                Function2.SoftThreshold => GpuMath.SoftThreshold(x, y),
                _ => GpuMath.Pow(x, y),
            };
        }
    }

    private readonly struct Double2(Function2 function, ArrayView<double> x, ArrayView<double> y, ArrayView<double> z) : IMapKernel
    {
        private readonly Function2 _function = function;
        private readonly ArrayView<double> _x = x, _y = y, _z = z;

        public void Run(long index)
        {
            double x = _x[index], y = _y[index];
            _z[index] = _function switch
            {
                Function2.Max => GpuMath.Max(x, y),
                Function2.Min => GpuMath.Min(x, y),
                Function2.SoftThreshold => GpuMath.SoftThreshold(x, y),
                _ => GpuMath.Pow(x, y),
            };
        }
    }

    private static double Exact(Function function, double x) => function switch
    {
        Function.Abs => Math.Abs(x),
        Function.Sign => x > 0 ? 1 : x < 0 ? -1 : 0,
        Function.Floor => Math.Floor(x),
        Function.Sqrt => Math.Sqrt(x),
        Function.Rsqrt => 1 / Math.Sqrt(x),
        Function.Exp => Math.Exp(x),
        Function.Log => Math.Log(x),
        Function.Tanh => Math.Tanh(x),
        Function.Sigmoid => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x)),
        Function.Erf => Erf(x),
        Function.Sin => Math.Sin(x),
        _ => Math.Cos(x),
    };

    private static double Exact(Function2 function, double x, double y) => function switch
    {
        Function2.Max => Math.Max(x, y),
        Function2.Min => Math.Min(x, y),
        Function2.SoftThreshold => (x > 0 ? 1 : x < 0 ? -1 : x) * Math.Max(Math.Abs(x) - y, 0),
        _ => Math.Pow(x, y),
    };

    // Erf by Simpson's rule on its definition: independent of the series under test; its 4000 additions round to a few 1e-14.
    private static double Erf(double x)
    {
        if (double.IsNaN(x) || x == 0) return x;
        if (Math.Abs(x) > 6) return Math.Sign(x);
        const int Intervals = 4000;
        double h = x / Intervals, even = 0, odd = 0;
        for (var i = 1; i < Intervals; i++)
        {
            var y = Math.Exp(-(i * h) * (i * h));
            if (i % 2 == 0) even += y; else odd += y;
        }
        return 2 / Math.Sqrt(Math.PI) * h / 3 * (1 + 4 * odd + 2 * even + Math.Exp(-x * x));
    }

    private static double[] Arguments()
    {
        var random = new Random(7);
        var values = new List<double>
        {
            0, -0.0, 1, -1, 0.5, -0.5, 2, 3, 88.7, 89, -87, -103, -104, 150, 1e4, -1e5, 1e-3, 1e-8, -1e-20, 1.1e-38, 1e-45, 3e38, 1e7, 1.5e8, -4e9, 6.3e15, 1.7e30, 0.6, 0.92, 4, 22, 12345.678,
            double.NaN, double.PositiveInfinity, double.NegativeInfinity,
        };
        foreach (var range in new[] { 1, 10, 100 })
            for (var i = 0; i < 4000; i++)
                values.Add((random.NextDouble() * 2 - 1) * range);
        for (var i = 0; i < 4000; i++)
            values.Add((random.Next(2) * 2 - 1) * Math.Pow(10, random.NextDouble() * 70 - 36));
        return [.. values];
    }

    // Ulps of a Float32 function cannot be held below its smallest normal number.
    private void Check(string name, double[] computed, Func<int, double> exact, Func<int, string> argument, double tolerance, double smallest)
    {
        double worst = 0;
        for (var i = 0; i < computed.Length; i++)
        {
            double expected = exact(i), actual = computed[i];
            if (smallest > 1e-100 && Math.Abs(expected) > float.MaxValue)
                expected = Math.Sign(expected) * double.PositiveInfinity;
            if (double.IsNaN(expected) || double.IsInfinity(expected) || expected == 0)
            {
                Assert.True(actual.Equals(expected), $"{name}({argument(i)}) = {actual:R}, exactly {expected:R}");
                continue;
            }
            var error = Math.Abs(actual - expected) / Math.Max(Math.Abs(expected), smallest);
            Assert.True(error <= tolerance, $"{name}({argument(i)}) = {actual:R}, exactly {expected:R}: off by {error:E1}");
            worst = Math.Max(worst, error);
        }
        output.WriteLine($"{name}: {worst:E2}");
    }

    public static TheoryData<Function> Functions => [.. Enum.GetValues<Function>()];

    public static TheoryData<Function2> Functions2 => [.. Enum.GetValues<Function2>()];

    [Theory, MemberData(nameof(Functions))]
    public void Float32FunctionsAreWithin2E7(Function function)
    {
        var arguments = Array.ConvertAll(Arguments(), x => (float)x);
        var results = Run(arguments, (x, y) => new Single1(function, x, y));
        Check($"{function}", Array.ConvertAll(results, x => (double)x), i => Exact(function, arguments[i]), i => $"{arguments[i]:R}", 2e-7, 1.17549435e-38);
    }

    [Theory, MemberData(nameof(Functions))]
    public void Float64FunctionsAreWithin1E14(Function function)
    {
        var arguments = Arguments();
        var results = Run(arguments, (x, y) => new Double1(function, x, y));
        Check($"{function}", results, i => Exact(function, arguments[i]), i => $"{arguments[i]:R}", function == Function.Erf ? 5e-14 : 1e-14, 2.3e-308);
    }

    [Theory, MemberData(nameof(Functions2))]
    public void Float32FunctionsOfTwoArgumentsAreWithin2E7(Function2 function)
    {
        var (x, y) = Pairs();
        float[] a = Array.ConvertAll(x, v => (float)v), b = Array.ConvertAll(y, v => (float)v);
        using var other = OpenClDevice.Accelerator.Allocate1D(b);
        var results = Run(a, (p, q) => new Single2(function, p, other.View, q));
        // In Float32 the difference |x| - t has its own rounding, relative to the operands.
        Check($"{function}", Array.ConvertAll(results, v => (double)v),
            i => function == Function2.SoftThreshold ? (a[i] > 0 ? 1 : a[i] < 0 ? -1 : a[i]) * MathF.Max(MathF.Abs(a[i]) - b[i], 0) : Exact(function, a[i], b[i]),
            i => $"{a[i]:R}, {b[i]:R}", 2e-7, 1.17549435e-38);
    }

    [Theory, MemberData(nameof(Functions2))]
    public void Float64FunctionsOfTwoArgumentsAreWithin2E13(Function2 function)
    {
        var (x, y) = Pairs();
        using var other = OpenClDevice.Accelerator.Allocate1D(y);
        var results = Run(x, (p, q) => new Double2(function, p, other.View, q));
        Check($"{function}", results, i => Exact(function, x[i], y[i]), i => $"{x[i]:R}, {y[i]:R}", 2e-13, 2.3e-308);
    }

    private static (double[] X, double[] Y) Pairs()
    {
        double[] special = [0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1.5, 1e3, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        var random = new Random(3);
        var pairs = (from x in special from y in special select (x, y)).ToList();
        for (var i = 0; i < 4000; i++)
            pairs.Add((random.NextDouble() * 20, random.NextDouble() * 20 - 10));
        for (var i = 0; i < 1000; i++)
            pairs.Add((-random.NextDouble() * 20, random.Next(-9, 10)));
        return ([.. pairs.Select(p => p.x)], [.. pairs.Select(p => p.y)]);
    }

    private static T[] Run<T, TKernel>(T[] arguments, Func<ArrayView<T>, ArrayView<T>, TKernel> kernel)
        where T : unmanaged where TKernel : struct, IMapKernel
    {
        using var x = OpenClDevice.Accelerator.Allocate1D(arguments);
        using var y = OpenClDevice.Accelerator.Allocate1D<T>(arguments.Length);
        GpuDevice.For(OpenClDevice.Accelerator).Launch(kernel(x.View, y.View), arguments.Length);
        return y.GetAsArray1D();
    }
}
