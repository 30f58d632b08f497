using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using Proxima.Gpu;
using Xunit;

namespace Proxima.Tests;

/// <summary>The templates compiled for CUDA, which needs no device.</summary>
public sealed class GpuCudaCodeTests
{
    private readonly struct Everything(ArrayView<float> x, ArrayView<double> y) : IMapKernel
    {
        private readonly ArrayView<float> _x = x;
        private readonly ArrayView<double> _y = y;

        public void Run(long index)
        {
            var x = _x[index];
            _x[index] = GpuMath.Exp(x) + GpuMath.Log(x) + GpuMath.Tanh(x) + GpuMath.Sigmoid(x) + GpuMath.Erf(x) + GpuMath.Sin(x) + GpuMath.Cos(x)
                + GpuMath.Pow(x, 3) + GpuMath.Sqrt(x) + GpuMath.Rsqrt(x) + GpuMath.Abs(x) + GpuMath.Sign(x) + GpuMath.Floor(x)
                + GpuMath.Min(x, 2) + GpuMath.Max(x, 1) + GpuMath.SoftThreshold(x, 0.5f);
            var y = _y[index];
            _y[index] = GpuMath.Exp(y) + GpuMath.Log(y) + GpuMath.Tanh(y) + GpuMath.Sigmoid(y) + GpuMath.Erf(y) + GpuMath.Sin(y) + GpuMath.Cos(y)
                + GpuMath.Pow(y, 3) + GpuMath.Sqrt(y) + GpuMath.Rsqrt(y) + GpuMath.Abs(y) + GpuMath.Sign(y) + GpuMath.Floor(y)
                + GpuMath.Min(y, 2) + GpuMath.Max(y, 1) + GpuMath.SoftThreshold(y, 0.5);
        }
    }

    private readonly struct Moments(ArrayView<float> x, ArrayView<double> y, long n) : IRowKernel
    {
        private readonly ArrayView<float> _x = x;
        private readonly ArrayView<double> _y = y;
        private readonly long _n = n;

        public void Run(GpuRow row)
        {
            float sum = 0;
            for (long j = row.Lane; j < _n; j += row.Lanes)
                sum += _x[row.Index * _n + j];
            sum = row.Sum(sum);
            var max = row.Max((double)sum);
            if (row.Lane == 0)
                _y[row.Index] = max;
        }
    }

    private readonly struct StorePositive(ArrayView<float> into, long n) : IGemmEpilogue<float>
    {
        private readonly ArrayView<float> _into = into;
        private readonly long _n = n;

        public void Store(float value, long batch, long row, long column) => _into[row * _n + column] = GpuMath.Max(value, 0);
    }

    private static string Ptx(MethodInfo kernel)
    {
        using var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2));
        var hopper = CudaDevice.GetArchitecture(9, 0);
        Assert.True(CudaAccelerator.TryGetInstructionSet(hopper, CudaDriverVersion.FromMajorMinor(13, 0), out _, out var instructions));
        using var backend = new PTXBackend(context, hopper, instructions, null!);
        return ((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), default)).PTXAssembly;
    }

    private static MethodInfo Template(string name, Type kernel) => typeof(GpuKernels).GetMethod(name)!.MakeGenericMethod(kernel);

    [Fact]
    public void FunctionsUseNoApproximateInstructions()
    {
        var ptx = Ptx(Template(nameof(GpuKernels.Map), typeof(Everything)));
        Assert.Contains("sqrt.rn.f32", ptx);
        Assert.Equal([], Regex.Matches(ptx, @"\b\w+\.approx\S*").Select(match => match.Value).Distinct());
        Assert.DoesNotContain(".call", ptx.Replace("call.uni", ".call")); // nothing left to link
    }

    [Fact]
    public void RowsReduceInSharedMemory()
    {
        var ptx = Ptx(Template(nameof(GpuKernels.Rows), typeof(Moments)));
        Assert.Contains("bar.sync", ptx);
        Assert.Matches(@"\.shared[^;]*\[2048\]", ptx);
        Assert.DoesNotContain("atom.", ptx);
    }

    [Fact]
    public void AProductKeepsItsTileInRegisters()
    {
        var ptx = Ptx(typeof(GpuGemm<float, GpuMatrix<float>, GpuMatrix<float>, StorePositive, GpuBatches>).GetMethod("Kernel")!);
        // The driver's compiler fuses each pair of multiplication and addition.
        Assert.Equal((16, 16), (Regex.Count(ptx, @"\bmul\.f32"), Regex.Count(ptx, @"\badd\.f32")));
        Assert.Contains("st.shared", ptx);
        Assert.DoesNotContain(".local", ptx);
    }
}
