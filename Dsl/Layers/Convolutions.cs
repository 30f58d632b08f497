using static Proxima.Ops;

namespace Proxima;

/// <summary>A learned convolution of signals, with PyTorch's layout and initialisation.</summary>
/// <param name="inputs">The number of channels before.</param>
/// <param name="outputs">The number of channels after.</param>
/// <param name="kernel">The size of the windows.</param>
/// <param name="stride">The distance of windows.</param>
/// <param name="padding">Zeros before and after the signal.</param>
/// <param name="dilation">The distance of the values of a window.</param>
/// <param name="groups">Into how many parts the channels fall; each output sees one.</param>
[Network]
public partial class Conv1d(int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
{
    /// <summary>The kernels.</summary>
    [Parameter("outputs inputs/groups kernel")] public partial Tensor Weight { get; }

    /// <summary>What is added to each output channel.</summary>
    [Parameter("outputs", Init = Init.Bias)] public partial Tensor Bias { get; }

    /// <summary>The convolved signals.</summary>
    [return: Shape("b outputs _")]
    public virtual Tensor Forward([Shape("b inputs l")] Tensor x) => Conv1d(x, Weight, Bias, stride, padding, dilation, groups);
}

/// <summary>A learned convolution of images, with PyTorch's layout and initialisation.</summary>
/// <param name="inputs">The number of channels before.</param>
/// <param name="outputs">The number of channels after.</param>
/// <param name="kernel">The size of the square windows.</param>
/// <param name="stride">The distance of windows.</param>
/// <param name="padding">Zeros around the image.</param>
/// <param name="dilation">The distance of the values of a window.</param>
/// <param name="groups">Into how many parts the channels fall; each output sees one.</param>
[Network]
public partial class Conv2d(int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
{
    /// <summary>The kernels.</summary>
    [Parameter("outputs inputs/groups kernel kernel")] public partial Tensor Weight { get; }

    /// <summary>What is added to each output channel.</summary>
    [Parameter("outputs", Init = Init.Bias)] public partial Tensor Bias { get; }

    /// <summary>The convolved images.</summary>
    [return: Shape("b outputs _ _")]
    public virtual Tensor Forward([Shape("b inputs h w")] Tensor x) => Conv2d(x, Weight, Bias, stride, padding, dilation, groups);
}

/// <summary>A learned convolution of volumes, with PyTorch's layout and initialisation.</summary>
/// <param name="inputs">The number of channels before.</param>
/// <param name="outputs">The number of channels after.</param>
/// <param name="kernel">The size of the cubic windows.</param>
/// <param name="stride">The distance of windows.</param>
/// <param name="padding">Zeros around the volume.</param>
/// <param name="dilation">The distance of the values of a window.</param>
/// <param name="groups">Into how many parts the channels fall; each output sees one.</param>
[Network]
public partial class Conv3d(int inputs, int outputs, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
{
    /// <summary>The kernels.</summary>
    [Parameter("outputs inputs/groups kernel kernel kernel")] public partial Tensor Weight { get; }

    /// <summary>What is added to each output channel.</summary>
    [Parameter("outputs", Init = Init.Bias)] public partial Tensor Bias { get; }

    /// <summary>The convolved volumes.</summary>
    [return: Shape("b outputs _ _ _")]
    public virtual Tensor Forward([Shape("b inputs d h w")] Tensor x) => Conv3d(x, Weight, Bias, stride, padding, dilation, groups);
}
