namespace Proxima.Runtime;

/// <summary>Elements of one item of a routine, wherever they lie: the same source then runs on the host and on a device, in double precision.</summary>
public interface IMemory
{
    /// <summary>An element as a double.</summary>
    double this[long i] { get; set; }

    /// <summary>An element as a whole number.</summary>
    long GetInteger(long i);

    /// <summary>Writes a whole number.</summary>
    void SetInteger(long i, long value);

    /// <summary>Whether element i comes before element j in ascending order; NaN comes last.</summary>
    bool IsLess(long i, long j);
}

/// <summary>Doubles to work in, and the elementary functions of the place where they lie.</summary>
public interface IWork : IMemory
{
    /// <summary>The square root.</summary>
    double Sqrt(double x);

    /// <summary>The exponential.</summary>
    double Exp(double x);

    /// <summary>The natural logarithm.</summary>
    double Log(double x);

    /// <summary>The cosine.</summary>
    double Cos(double x);

    /// <summary>The sine.</summary>
    double Sin(double x);
}

/// <summary>Float32 on the host.</summary>
public readonly unsafe struct HostSingle(float* p) : IMemory
{
    /// <inheritdoc/>
    public double this[long i]
    {
        get => p[i];
        set => p[i] = (float)value;
    }

    /// <inheritdoc/>
    public long GetInteger(long i) => (long)p[i];

    /// <inheritdoc/>
    public void SetInteger(long i, long value) => p[i] = value;

    /// <inheritdoc/>
    public bool IsLess(long i, long j) => p[i] < p[j] || (float.IsNaN(p[j]) && !float.IsNaN(p[i]));
}

/// <summary>Float64 on the host.</summary>
public readonly unsafe struct HostDouble(double* p) : IWork
{
    /// <inheritdoc/>
    public double this[long i]
    {
        get => p[i];
        set => p[i] = value;
    }

    /// <inheritdoc/>
    public long GetInteger(long i) => (long)p[i];

    /// <inheritdoc/>
    public void SetInteger(long i, long value) => p[i] = value;

    /// <inheritdoc/>
    public bool IsLess(long i, long j) => p[i] < p[j] || (double.IsNaN(p[j]) && !double.IsNaN(p[i]));

    /// <inheritdoc/>
    public double Sqrt(double x) => Math.Sqrt(x);

    /// <inheritdoc/>
    public double Exp(double x) => Math.Exp(x);

    /// <inheritdoc/>
    public double Log(double x) => Math.Log(x);

    /// <inheritdoc/>
    public double Cos(double x) => Math.Cos(x);

    /// <inheritdoc/>
    public double Sin(double x) => Math.Sin(x);
}

/// <summary>Int64 on the host.</summary>
public readonly unsafe struct HostInt64(long* p) : IMemory
{
    /// <inheritdoc/>
    public double this[long i]
    {
        get => p[i];
        set => p[i] = (long)value;
    }

    /// <inheritdoc/>
    public long GetInteger(long i) => p[i];

    /// <inheritdoc/>
    public void SetInteger(long i, long value) => p[i] = value;

    /// <inheritdoc/>
    public bool IsLess(long i, long j) => p[i] < p[j];
}
