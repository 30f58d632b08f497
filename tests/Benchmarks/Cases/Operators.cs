using TorchSharp;
using static Proxima.Benchmarks.Sides;
using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>A layer of a Fourier neural operator on functions of one variable (Li et al. 2021).</summary>
[Network]
public partial class Fourier1d(int channels, int modes)
{
    /// <summary>The real parts by which each frequency mixes channels.</summary>
    [Parameter("modes channels channels")] public partial Tensor Real { get; }

    /// <summary>The imaginary parts.</summary>
    [Parameter("modes channels channels")] public partial Tensor Imaginary { get; }

    /// <summary>The mixture of each point.</summary>
    [Parameter("channels channels")] public partial Tensor Weight { get; }

    /// <summary>The layer.</summary>
    [return: Shape("b channels n")]
    [Require("2*modes <= n")]
    public virtual Tensor Forward([Shape("b channels n")] Tensor x)
    {
        var n = x.Dim(2);
        var angle = 2 * MathF.PI / n * Remainder(Outer(Arange(modes), Arange(n)), n);
        // The real parts of all frequencies, then the imaginary ones.
        var basis = Concat([Cos(angle), -Sin(angle)], dim: 0);
        var spectrum = MatMul(x, Transpose(basis));
        Tensor a = spectrum[.., .., ..modes], b = spectrum[.., .., modes..];
        var real = Einsum("bcm,mco->bom", a, Real) - Einsum("bcm,mco->bom", b, Imaginary);
        var imaginary = Einsum("bcm,mco->bom", a, Imaginary) + Einsum("bcm,mco->bom", b, Real);
        var weight = Where(Arange(modes) > 0, 2f, 1f) / n;
        return Gelu(MatMul(Concat([real * weight, imaginary * weight], dim: 2), basis) + MatMul(Weight, x));
    }
}

/// <summary>The same on functions of two variables.</summary>
[Network]
public partial class Fourier2d(int channels, int modes)
{
    /// <summary>The real parts by which each pair of frequencies mixes channels; the negative ones of the first variable come last.</summary>
    [Parameter("2*modes modes channels channels", Init = 0.02)] public partial Tensor Real { get; }

    /// <summary>The imaginary parts.</summary>
    [Parameter("2*modes modes channels channels", Init = 0.01)] public partial Tensor Imaginary { get; }

    /// <summary>The mixture of each point.</summary>
    [Parameter("channels channels")] public partial Tensor Weight { get; }

    /// <summary>The layer.</summary>
    [return: Shape("b channels h w")]
    [Require("2*modes <= h", "2*modes <= w")]
    public virtual Tensor Forward([Shape("b channels h w")] Tensor x)
    {
        int h = x.Dim(2), w = x.Dim(3);
        var across = 2 * MathF.PI / w * Remainder(Outer(Arange(modes), Arange(w)), w);
        var row = Where(Arange(2 * modes) < modes, Arange(2 * modes), Arange(2 * modes) + (h - 2 * modes));
        var down = 2 * MathF.PI / h * Remainder(Outer(row, Arange(h)), h);
        // Cosines of all frequencies, then sines; a product with both has a quadrant for each pair of them.
        Tensor columns = Concat([Cos(across), Sin(across)], dim: 0), rows = Concat([Cos(down), Sin(down)], dim: 0);
        var waves = MatMul(rows, MatMul(x, Transpose(columns)));
        Tensor cc = waves[.., .., ..(2 * modes), ..modes], cs = waves[.., .., ..(2 * modes), modes..], sc = waves[.., .., (2 * modes).., ..modes], ss = waves[.., .., (2 * modes).., modes..];
        Tensor real = cc - ss, imaginary = -(cs + sc);
        var mixedReal = Einsum("bcpq,pqco->bopq", real, Real) - Einsum("bcpq,pqco->bopq", imaginary, Imaginary);
        var mixedImaginary = Einsum("bcpq,pqco->bopq", real, Imaginary) + Einsum("bcpq,pqco->bopq", imaginary, Real);
        var weight = Where(Arange(modes) > 0, 2f, 1f) / (h * w);
        Tensor u = mixedReal * weight, v = mixedImaginary * weight;
        var mixed = Concat([Concat([u, -v], dim: 3), Concat([-v, -u], dim: 3)], dim: 2);
        var filtered = MatMul(MatMul(Transpose(rows), mixed), columns);
        return Gelu(filtered + Reshape(MatMul(Weight, Reshape(x, x.Dim(0), channels, h * w)), x.Dim(0), channels, h, w));
    }
}

/// <summary>A filter of images in the frequency domain.</summary>
[Network]
public partial class SpectralFilter(int h, int w)
{
    /// <summary>By what each frequency is multiplied: complex numbers as pairs.</summary>
    [Parameter("h w/2+1 2")] public partial Tensor Response { get; }

    /// <summary>The filtered images.</summary>
    [return: Shape("b h w")]
    public virtual Tensor Forward([Shape("b h w")] Tensor x) => Irfft(ComplexMul(Rfft(x, [-2, -1]), Response), w, [-2, -1]);
}

/// <summary>An operator network of a branch for functions and a trunk for points (Lu et al. 2021).</summary>
[Network]
public partial class BranchAndTrunk(int sensors, int width)
{
    readonly Linear branch1 = new(sensors, width);
    readonly Linear branch2 = new(width, width);
    readonly Linear trunk1 = new(1, width);
    readonly Linear trunk2 = new(width, width);

    /// <summary>The images of functions at points.</summary>
    [return: Shape("b q")]
    public virtual Tensor Forward([Shape("b sensors")] Tensor functions, [Shape("q 1")] Tensor points) =>
        MatMul(branch2.Forward(Gelu(branch1.Forward(functions))), Transpose(Gelu(trunk2.Forward(Gelu(trunk1.Forward(points))))));

    /// <summary>Their squared error.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b sensors")] Tensor functions, [Shape("q 1")] Tensor points, [Shape("b q")] Tensor images) => MseLoss(Forward(functions, points), images);

    /// <summary>The loss and its derivatives.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor functions, Tensor points, Tensor images);
}

/// <summary>Networks that map functions to functions.</summary>
internal static class Operators
{
    private const int B1 = 8, C1 = 32, M1 = 16, N = 1024, B2 = 4, C2 = 16, M2 = 8, Grid = 64, Sensors = 100, Width = 128, B = 64, Q = 128, Images = 16, Side = 128;

    public static IEnumerable<Trial> Trials =>
    [
        new("fno-1d", "8 functions of 32 channels on 1024 points, 16 modes", 2.0 * B1 * C1 * N * (4 * M1 + C1), 4.0 * 2 * B1 * C1 * N)
        {
            Proxima = () =>
            {
                var (model, x) = (new Fourier1d.Cpu(C1, M1), Normal(1, B1, C1, N));
                return Into(Tensor.Zeros(B1, C1, N), result => model.Forward(x, result));
            },
            Torch = () =>
            {
                var (net, x) = (new Fourier1d(C1, M1), Normal(1, B1, C1, N).Torch());
                var (mix, weight) = (torch.complex(net.Real.Torch(), net.Imaginary.Torch()), net.Weight.Torch().unsqueeze(2));
                return Eager(() =>
                {
                    var spectrum = torch.fft.rfft(x);
                    var filtered = torch.zeros(B1, C1, N / 2 + 1, dtype: torch.complex64);
                    filtered[.., .., ..M1] = torch.einsum("bcm,mco->bom", spectrum[.., .., ..M1], mix);
                    return torch.nn.functional.gelu(torch.fft.irfft(filtered, N) + torch.nn.functional.conv1d(x, weight));
                });
            },
            Tolerance = 1e-3,
        },
        new("fno-2d", "4 functions of 16 channels on 64 x 64 points, 8 x 8 modes of each sign", 2.0 * B2 * C2 * Grid * Grid * (4 * M2 + C2), 4.0 * 2 * B2 * C2 * Grid * Grid)
        {
            Proxima = () =>
            {
                var (model, x) = (new Fourier2d.Cpu(C2, M2), Normal(1, B2, C2, Grid, Grid));
                return Into(Tensor.Zeros(B2, C2, Grid, Grid), result => model.Forward(x, result));
            },
            Torch = () =>
            {
                var (net, x) = (new Fourier2d(C2, M2), Normal(1, B2, C2, Grid, Grid).Torch());
                var (mix, weight) = (torch.complex(net.Real.Torch(), net.Imaginary.Torch()), net.Weight.Torch().view(C2, C2, 1, 1));
                torch.Tensor high = mix[..M2], low = mix[M2..];
                return Eager(() =>
                {
                    var spectrum = torch.fft.rfft2(x);
                    var filtered = torch.zeros(B2, C2, Grid, Grid / 2 + 1, dtype: torch.complex64);
                    filtered[.., .., ..M2, ..M2] = torch.einsum("bcpq,pqco->bopq", spectrum[.., .., ..M2, ..M2], high);
                    filtered[.., .., (Grid - M2).., ..M2] = torch.einsum("bcpq,pqco->bopq", spectrum[.., .., (Grid - M2).., ..M2], low);
                    return torch.nn.functional.gelu(torch.fft.irfft2(filtered, [Grid, Grid]) + torch.nn.functional.conv2d(x, weight));
                });
            },
            Tolerance = 1e-3,
        },
        new("spectral-filter", "16 images of 128 x 128 multiplied in the frequency domain", Images * Side * Side * (2 * 2.5 * 14 + 3), 4.0 * 2 * Images * Side * Side)
        {
            Proxima = () =>
            {
                var (model, x) = (new SpectralFilter.Cpu(Side, Side), Normal(1, Images, Side, Side));
                return Into(Tensor.Zeros(Images, Side, Side), result => model.Forward(x, result));
            },
            Torch = () =>
            {
                var (response, x) = (torch.view_as_complex(new SpectralFilter(Side, Side).Response.Torch()), Normal(1, Images, Side, Side).Torch());
                return Eager(() => torch.fft.irfft2(torch.fft.rfft2(x) * response, [Side, Side]));
            },
            Tolerance = 1e-3,
        },
        new("deeponet-train", "64 functions of 100 sensors at 128 points, width 128, squared error, all derivatives",
            6.0 * (B * (Sensors * Width + Width * Width) + Q * Width * Width + B * Q * Width), 8.0 * (Sensors * Width + 2 * Width * Width) + 4.0 * (B * Sensors + B * Q))
        {
            Proxima = () =>
            {
                var (model, f, points, images) = (new BranchAndTrunk.Cpu(Sensors, Width), Normal(1, B, Sensors), Sample.Uniform(2, Q, 1), Normal(3, B, Q));
                return Train(model, () => model.LossGradient(f, points, images));
            },
            Torch = () =>
            {
                var (p, f, points, images) = (new BranchAndTrunk(Sensors, Width).TorchParameters(), Normal(1, B, Sensors).Torch(), Sample.Uniform(2, Q, 1).Torch(), Normal(3, B, Q).Torch());
                return EagerTrain(p, () =>
                {
                    var branch = Perceptrons.Affine(p, "branch2", torch.nn.functional.gelu(Perceptrons.Affine(p, "branch1", f)));
                    var trunk = torch.nn.functional.gelu(Perceptrons.Affine(p, "trunk2", torch.nn.functional.gelu(Perceptrons.Affine(p, "trunk1", points))));
                    return torch.nn.functional.mse_loss(branch.matmul(trunk.t()), images);
                });
            },
        },
    ];
}
