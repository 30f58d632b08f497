namespace Proxima.Gpu;

public static partial class GpuMath
{
    private readonly struct Functions : IElementaryFunctions
    {
        public static double Log(double x) => GpuMath.Log(x);

        public static double Exp(double x) => GpuMath.Exp(x);

        public static double Sqrt(double x) => GpuMath.Sqrt(x);

        public static double Sin(double x) => GpuMath.Sin(x);

        public static double Cos(double x) => GpuMath.Cos(x);

        public static double Floor(double x) => GpuMath.Floor(x);
    }

    /// <summary>A key from a key and a number.</summary>
    public static long FoldKey(long key, long data) => Draw.Fold(key, data);

    /// <summary>Uniform in [0, 1).</summary>
    public static double RandomUniform(long key, long index) => Draw.Uniform(key, index);

    /// <summary>Standard normal.</summary>
    public static double RandomNormal(long key, long index) => Draw.Normal<Functions>(key, index);

    /// <summary>A count of the Poisson distribution.</summary>
    public static double RandomPoisson(long key, long index, double rate) => Draw.Poisson<Functions>(key, index, rate);
}
