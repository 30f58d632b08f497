using static Proxima.Ops;

namespace Proxima;

/// <summary>Brings each channel of images to mean 0 and variance 1, then scales and shifts it (Ioffe and Szegedy 2015).</summary>
/// <param name="channels">The number of channels.</param>
[Network]
public partial class BatchNorm2d(int channels)
{
    /// <summary>The scale of each channel.</summary>
    [Parameter("channels", Init = Init.Ones)] public partial Tensor Weight { get; }

    /// <summary>The shift of each channel.</summary>
    [Parameter("channels", Init = Init.Zeros)] public partial Tensor Bias { get; }

    /// <summary>The running means.</summary>
    [Buffer("channels", Init = Init.Zeros)] public partial Tensor Mean { get; }

    /// <summary>The running variances.</summary>
    [Buffer("channels", Init = Init.Ones)] public partial Tensor Variance { get; }

    /// <summary>The images normalised by the running means and variances: for inference.</summary>
    [return: Shape("b channels h w")]
    public virtual Tensor Forward([Shape("b channels h w")] Tensor x) => BatchNorm(x, Mean, Variance, Weight, Bias);

    /// <summary>The images normalised by their own means and variances, and the running ones moved towards those by a tenth: for training.</summary>
    [return: Shape("b channels h w")]
    [return: Shape("channels")]
    [return: Shape("channels")]
    public virtual (Tensor Y, Tensor Mean, Tensor Variance) Train([Shape("b channels h w")] Tensor x)
    {
        var flat = Reshape(Transpose(x, 0, 1), channels, x.Dim(0) * x.Dim(2) * x.Dim(3));
        return (BatchNorm(x, weight: Weight, bias: Bias), 0.9 * Mean + 0.1 * Ops.Mean(flat, 1), 0.9 * Variance + 0.1 * Ops.Variance(flat, 1));
    }
}

/// <summary>Brings each of some equal groups of channels to mean 0 and variance 1, then scales and shifts each channel (Wu and He 2018).</summary>
/// <param name="groups">The number of groups.</param>
/// <param name="channels">The number of channels, a multiple of it.</param>
[Network]
public partial class GroupNorm(int groups, int channels)
{
    /// <summary>The scale of each channel.</summary>
    [Parameter("channels", Init = Init.Ones)] public partial Tensor Weight { get; }

    /// <summary>The shift of each channel.</summary>
    [Parameter("channels", Init = Init.Zeros)] public partial Tensor Bias { get; }

    /// <summary>The normalised images.</summary>
    [return: Shape("b channels h w")]
    public virtual Tensor Forward([Shape("b channels h w")] Tensor x) => GroupNorm(x, groups, Weight, Bias);
}

/// <summary>Divides the last dimension by the root of its mean square, then scales it (Zhang and Sennrich 2019).</summary>
/// <param name="width">The size of the last dimension.</param>
[Network]
public partial class RmsNorm(int width)
{
    /// <summary>The scale of each position.</summary>
    [Parameter("width", Init = Init.Ones)] public partial Tensor Weight { get; }

    /// <summary>The normalised values.</summary>
    [return: Shape("... width")]
    public virtual Tensor Forward([Shape("... width")] Tensor x) => RmsNorm(x, Weight);
}
