using System.Globalization;

namespace Proxima;

/// <summary>Names of initialisers, for <c>[Parameter("n m", Init = Init.KaimingUniform)]</c>. Bounds and gains are PyTorch's.</summary>
/// <remarks>The fan-in of a tensor of rank 2 or more is the product of all sizes but the first; the fan-out the product of all but the second.</remarks>
public static class Init
{
    /// <summary>Rank 2 or more: uniform in +-1/sqrt(fan-in), as PyTorch starts a Linear; below: zeros.</summary>
    public const string Default = nameof(Default);

    /// <summary>Uniform in +-1/sqrt(fan-in) of the parameter declared just before it in the same class, as PyTorch starts the bias of a Linear.</summary>
    public const string Bias = nameof(Bias);

    /// <summary>All zeros.</summary>
    public const string Zeros = nameof(Zeros);

    /// <summary>All ones.</summary>
    public const string Ones = nameof(Ones);

    /// <summary>Uniform in +-sqrt(6/fan-in): keeps the variance through ReLU (He et al. 2015).</summary>
    public const string KaimingUniform = nameof(KaimingUniform);

    /// <summary>Normal of variance 2/fan-in (He et al. 2015).</summary>
    public const string KaimingNormal = nameof(KaimingNormal);

    /// <summary>Uniform in +-sqrt(6/(fan-in + fan-out)) (Glorot and Bengio 2010).</summary>
    public const string XavierUniform = nameof(XavierUniform);

    /// <summary>Normal of variance 2/(fan-in + fan-out) (Glorot and Bengio 2010).</summary>
    public const string XavierNormal = nameof(XavierNormal);

    /// <summary>Standard normal.</summary>
    public const string Normal = nameof(Normal);

    /// <summary>Uniform in [0, 1).</summary>
    public const string Uniform = nameof(Uniform);

    /// <summary>A matrix with orthonormal rows or columns, whichever are fewer (Saxe et al. 2014); later dimensions count as columns.</summary>
    public const string Orthogonal = nameof(Orthogonal);

    /// <summary>Ones on the diagonal of a matrix, zeros elsewhere.</summary>
    public const string Identity = nameof(Identity);
}

/// <summary>How the values of a parameter start: a constant, or a method named in <see cref="Init"/>.</summary>
public sealed class Initializer
{
    private readonly string _name;
    private readonly double _constant;

    private Initializer(string name, double constant) => (_name, _constant) = (name, constant);

    /// <summary>Every element is <paramref name="value"/>.</summary>
    public static Initializer Constant(double value) => new(nameof(Constant), value);

    /// <summary>The initialiser that an attribute argument stands for: null, a number, or a name from <see cref="Init"/>.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static Initializer Parse(object? init) => init switch
    {
        null => new(Init.Default, 0),
        Initializer initializer => initializer,
        string name => name,
        bool or byte or sbyte or short or ushort or int or uint or long or ulong or float or double
            => Constant(System.Convert.ToDouble(init, CultureInfo.InvariantCulture)),
        _ => throw new ArgumentException($"Init is a number or a name from Init, not {init}."),
    };

    /// <summary>The initialiser with a name from <see cref="Init"/>.</summary>
    public static implicit operator Initializer(string name) => name switch
    {
        Init.Default or Init.Bias or Init.Zeros or Init.Ones or Init.KaimingUniform or Init.KaimingNormal or Init.XavierUniform or Init.XavierNormal
            or Init.Normal or Init.Uniform or Init.Orthogonal or Init.Identity => new(name, 0),
        _ => throw new ArgumentException($"There is no initialiser '{name}'."),
    };

    /// <summary>Every element is <paramref name="value"/>.</summary>
    public static implicit operator Initializer(double value) => Constant(value);

    /// <summary>Sets all elements. The same seed and name give the same values everywhere.</summary>
    /// <param name="tensor">The parameter.</param>
    /// <param name="seed">The seed of the network.</param>
    /// <param name="name">The full name of the parameter, such as <c>blocks.0.Weight</c>.</param>
    /// <param name="before">The parameter declared just before it in the same class, if any.</param>
    public void Fill(Tensor tensor, ulong seed, string name, Tensor? before = null)
    {
        var random = new Philox(seed, Philox.StreamOf(name));
        switch (_name)
        {
            case Init.Default when tensor.Rank < 2: tensor.Fill(0); break;
            case Init.Default: FillSymmetric(1 / Math.Sqrt(FanIn())); break;
            case Init.Bias: FillSymmetric(1 / Math.Sqrt(Fan(before, without: 0))); break;
            case nameof(Constant): tensor.Fill(_constant); break;
            case Init.Zeros: tensor.Fill(0); break;
            case Init.Ones: tensor.Fill(1); break;
            case Init.KaimingUniform: FillSymmetric(Math.Sqrt(6 / FanIn())); break;
            case Init.KaimingNormal: random.FillNormal(tensor, 0, Math.Sqrt(2 / FanIn())); break;
            case Init.XavierUniform: FillSymmetric(Math.Sqrt(6 / (FanIn() + FanOut()))); break;
            case Init.XavierNormal: random.FillNormal(tensor, 0, Math.Sqrt(2 / (FanIn() + FanOut()))); break;
            case Init.Normal: random.FillNormal(tensor); break;
            case Init.Uniform: random.FillUniform(tensor); break;
            case Init.Orthogonal: FillOrthogonal(); break;
            case Init.Identity: FillIdentity(); break;
        }

        void FillSymmetric(double bound) => random.FillUniform(tensor, -bound, bound);
        double FanIn() => Fan(tensor, without: 0);
        double FanOut() => Fan(tensor, without: 1);

        double Fan(Tensor? weight, int without)
        {
            if (weight is not { Rank: >= 2 })
                throw new ArgumentException($"Init.{_name}: {name} needs {(weight == tensor ? "" : "a weight before it with ")}at least two dimensions.");
            var fan = 1.0;
            for (var i = 0; i < weight.Rank; i++)
                if (i != without) fan *= weight.Dim(i);
            return Math.Max(fan, 1);
        }

        void FillIdentity()
        {
            if (tensor.Rank != 2)
                throw new ArgumentException($"Init.Identity: {name} is {Shapes.Text(tensor.Shape)}; it needs two dimensions.");
            var values = new double[tensor.Length];
            for (var i = 0; i < Math.Min(tensor.Dim(0), tensor.Dim(1)); i++) values[i * (tensor.Dim(1) + 1)] = 1;
            Store(values);
        }

        // Modified Gram-Schmidt, twice, over the shorter side of a normal matrix: orthonormal to rounding, and the same on every target.
        void FillOrthogonal()
        {
            if (tensor.Rank < 2)
                throw new ArgumentException($"Init.Orthogonal: {name} is {Shapes.Text(tensor.Shape)}; it needs at least two dimensions.");
            if (tensor.Length == 0) return;
            var rows = tensor.Dim(0);
            var columns = (int)(tensor.Length / rows);
            var (count, width) = (Math.Min(rows, columns), Math.Max(rows, columns));
            var vectors = new double[count][];
            for (var i = 0; i < count; i++)
            {
                var v = vectors[i] = new double[width];
                for (var j = 0; j < width; j++) v[j] = random.Normal((ulong)((long)i * width + j));
                for (var pass = 0; pass < 2; pass++)
                {
                    for (var k = 0; k < i; k++)
                    {
                        var dot = Dot(v, vectors[k]);
                        for (var j = 0; j < width; j++) v[j] -= dot * vectors[k][j];
                    }
                }
                var norm = Math.Sqrt(Dot(v, v));
                for (var j = 0; j < width; j++) v[j] /= norm;
            }
            var values = new double[tensor.Length];
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++)
                    values[i * columns + j] = rows <= columns ? vectors[i][j] : vectors[j][i];
            Store(values);
        }

        static double Dot(double[] x, double[] y)
        {
            var sum = 0.0;
            for (var i = 0; i < x.Length; i++) sum += x[i] * y[i];
            return sum;
        }

        void Store(double[] values) => tensor.CopyFrom(Tensor.From(values, tensor.Shape.ToArray()).To(tensor.DType));
    }
}
