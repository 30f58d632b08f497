using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Convolutions of one to three dimensions: padded, strided, dilated, grouped, with one channel to a group, and transposed.</summary>
[Network]
public partial class Convolutions
{
    [return: Shape("b 4 h w")]
    public virtual Tensor Plain([Shape("b 3 h w")] Tensor x, [Shape("4 3 3 3")] Tensor k, [Shape("4")] Tensor bias) => Conv2d(x, k, bias, padding: 1);

    [return: Shape("")]
    public virtual Tensor PlainLoss([Shape("b 3 h w")] Tensor x, [Shape("4 3 3 3")] Tensor k, [Shape("4")] Tensor bias, [Shape("b 4 h w")] Tensor t) => Sum(Plain(x, k, bias) * t);

    [Gradient(of: nameof(PlainLoss), wrt: "x, k, bias")]
    public virtual partial (Tensor X, Tensor K, Tensor Bias) PlainGradient(Tensor x, Tensor k, Tensor bias, Tensor t);

    /// <summary>So many channels that four sums in a square take fewer products; the sums go through what follows them.</summary>
    [Reassociated]
    [return: Shape("b 16 9 w")]
    public virtual Tensor Wide([Shape("b 16 9 w")] Tensor x, [Shape("16 16 3 3")] Tensor k, [Shape("16")] Tensor bias) => Relu(Conv2d(x, k, bias, padding: 1)) + x;

    [return: Shape("")]
    public virtual Tensor WideLoss([Shape("b 16 9 w")] Tensor x, [Shape("16 16 3 3")] Tensor k, [Shape("16")] Tensor bias, [Shape("b 16 9 w")] Tensor t) => Sum(Conv2d(Conv2d(x, k, bias, padding: 1), k, padding: 1) * t);

    [Reassociated]
    [Gradient(of: nameof(WideLoss), wrt: "x, k, bias")]
    public virtual partial (Tensor X, Tensor K, Tensor Bias) WideGradient(Tensor x, Tensor k, Tensor bias, Tensor t);

    [return: Shape("b 3 (h-3)/2+1 w-2")]
    public virtual Tensor Strided([Shape("b 2 h w")] Tensor x, [Shape("3 2 3 2")] Tensor k) => Conv2d(x, k, stride: [2, 1], dilation: [1, 2]);

    [return: Shape("")]
    public virtual Tensor StridedLoss([Shape("b 2 h w")] Tensor x, [Shape("3 2 3 2")] Tensor k, [Shape("b 3 (h-3)/2+1 w-2")] Tensor t) => Sum(Strided(x, k) * t);

    [Gradient(of: nameof(StridedLoss), wrt: "x, k")]
    public virtual partial (Tensor X, Tensor K) StridedGradient(Tensor x, Tensor k, Tensor t);

    [return: Shape("b 3 h w-1")]
    public virtual Tensor Dilated([Shape("b 2 h w")] Tensor x, [Shape("3 2 3 2")] Tensor k) => Conv2d(x, k, dilation: [2, 1], padding: [2, 0]);

    [return: Shape("")]
    public virtual Tensor DilatedLoss([Shape("b 2 h w")] Tensor x, [Shape("3 2 3 2")] Tensor k, [Shape("b 3 h w-1")] Tensor t) => Sum(Square(Dilated(x, k)) * t);

    [Gradient(of: nameof(DilatedLoss), wrt: "x, k")]
    public virtual partial (Tensor X, Tensor K) DilatedGradient(Tensor x, Tensor k, Tensor t);

    /// <summary>More around the signal than a window reaches.</summary>
    [return: Shape("b 3 l+5")]
    public virtual Tensor Surrounded([Shape("b 2 l")] Tensor x, [Shape("3 2 2")] Tensor k) => Conv1d(x, k, padding: 3);

    [return: Shape("")]
    public virtual Tensor SurroundedLoss([Shape("b 2 l")] Tensor x, [Shape("3 2 2")] Tensor k, [Shape("b 3 l+5")] Tensor t) => Sum(Surrounded(x, k) * t);

    [Gradient(of: nameof(SurroundedLoss), wrt: "x, k")]
    public virtual partial (Tensor X, Tensor K) SurroundedGradient(Tensor x, Tensor k, Tensor t);

    [return: Shape("b 2 (h-1)/2+1 (w-1)/2+1")]
    public virtual Tensor Pointwise([Shape("b 3 h w")] Tensor x, [Shape("2 3 1 1")] Tensor k) => Conv2d(x, k, stride: 2);

    [return: Shape("")]
    public virtual Tensor PointwiseLoss([Shape("b 3 h w")] Tensor x, [Shape("2 3 1 1")] Tensor k, [Shape("b 2 (h-1)/2+1 (w-1)/2+1")] Tensor t) => Sum(Pointwise(x, k) * t);

    [Gradient(of: nameof(PointwiseLoss), wrt: "x, k")]
    public virtual partial (Tensor X, Tensor K) PointwiseGradient(Tensor x, Tensor k, Tensor t);

    [return: Shape("b 6 l")]
    public virtual Tensor Grouped([Shape("b 4 l")] Tensor x, [Shape("6 2 3")] Tensor k, [Shape("6")] Tensor bias) => Conv1d(x, k, bias, padding: 1, groups: 2);

    [return: Shape("")]
    public virtual Tensor GroupedLoss([Shape("b 4 l")] Tensor x, [Shape("6 2 3")] Tensor k, [Shape("6")] Tensor bias, [Shape("b 6 l")] Tensor t) => Sum(Grouped(x, k, bias) * t);

    [Gradient(of: nameof(GroupedLoss), wrt: "x, k, bias")]
    public virtual partial (Tensor X, Tensor K, Tensor Bias) GroupedGradient(Tensor x, Tensor k, Tensor bias, Tensor t);

    [return: Shape("b 6 h w")]
    public virtual Tensor Depthwise([Shape("b 3 h w")] Tensor x, [Shape("6 1 3 3")] Tensor k, [Shape("6")] Tensor bias) => Conv2d(x, k, bias, padding: 1, groups: 3);

    [return: Shape("")]
    public virtual Tensor DepthwiseLoss([Shape("b 3 h w")] Tensor x, [Shape("6 1 3 3")] Tensor k, [Shape("6")] Tensor bias, [Shape("b 6 h w")] Tensor t) => Sum(Depthwise(x, k, bias) * t);

    [Gradient(of: nameof(DepthwiseLoss), wrt: "x, k, bias")]
    public virtual partial (Tensor X, Tensor K, Tensor Bias) DepthwiseGradient(Tensor x, Tensor k, Tensor bias, Tensor t);

    /// <summary>One output to a channel, between ramps: the sum, its norm and what follows are one kernel.</summary>
    [return: Shape("b 3 h w")]
    public virtual Tensor DepthwiseBlock([Shape("b 3 h w")] Tensor x, [Shape("3 1 5 5")] Tensor k, [Shape("3")] Tensor variance) =>
        Relu6(Conv2d(x, k, padding: 2, groups: 3) * Reshape(Rsqrt(Square(variance) + 1), 3, 1, 1));

    [return: Shape("1 2 d-1 h-1 w-1")]
    public virtual Tensor Volumes([Shape("1 2 d h w")] Tensor x, [Shape("2 2 2 2 2")] Tensor k) => Conv3d(x, k);

    [return: Shape("")]
    public virtual Tensor VolumesLoss([Shape("1 2 d h w")] Tensor x, [Shape("2 2 2 2 2")] Tensor k, [Shape("1 2 d-1 h-1 w-1")] Tensor t) => Sum(Volumes(x, k) * t);

    [Gradient(of: nameof(VolumesLoss), wrt: "x, k")]
    public virtual partial (Tensor X, Tensor K) VolumesGradient(Tensor x, Tensor k, Tensor t);

    [return: Shape("1 3 d+1 6 w")]
    public virtual Tensor TransposedVolumes([Shape("1 2 d 3 w")] Tensor x, [Shape("2 3 2 2 1")] Tensor k) => ConvTranspose3d(x, k, stride: [1, 2, 1]);

    [return: Shape("")]
    public virtual Tensor TransposedVolumesLoss([Shape("1 2 d 3 w")] Tensor x, [Shape("2 3 2 2 1")] Tensor k, [Shape("1 3 d+1 6 w")] Tensor t) => Sum(TransposedVolumes(x, k) * t);

    [Gradient(of: nameof(TransposedVolumesLoss), wrt: "x, k")]
    public virtual partial (Tensor X, Tensor K) TransposedVolumesGradient(Tensor x, Tensor k, Tensor t);

    [return: Shape("b 4 2*l")]
    public virtual Tensor Transposed([Shape("b 4 l")] Tensor x, [Shape("4 2 3")] Tensor k, [Shape("4")] Tensor bias) => ConvTranspose1d(x, k, bias, stride: 2, padding: 1, outputPadding: 1, groups: 2);

    [return: Shape("")]
    public virtual Tensor TransposedLoss([Shape("b 4 l")] Tensor x, [Shape("4 2 3")] Tensor k, [Shape("4")] Tensor bias, [Shape("b 4 2*l")] Tensor t) => Sum(Transposed(x, k, bias) * t);

    [Gradient(of: nameof(TransposedLoss), wrt: "x, k, bias")]
    public virtual partial (Tensor X, Tensor K, Tensor Bias) TransposedGradient(Tensor x, Tensor k, Tensor bias, Tensor t);

    [return: Shape("b 3 h+4 2*w")]
    public virtual Tensor TransposedImages([Shape("b 2 h w")] Tensor x, [Shape("2 3 3 2")] Tensor k) => ConvTranspose2d(x, k, stride: [1, 2], dilation: [2, 1]);

    [return: Shape("")]
    public virtual Tensor TransposedImagesLoss([Shape("b 2 h w")] Tensor x, [Shape("2 3 3 2")] Tensor k, [Shape("b 3 h+4 2*w")] Tensor t) => Sum(TransposedImages(x, k) * t);

    [Gradient(of: nameof(TransposedImagesLoss), wrt: "x, k")]
    public virtual partial (Tensor X, Tensor K) TransposedImagesGradient(Tensor x, Tensor k, Tensor t);
}

/// <summary>A convolution and a pool whose kernels and strides are sizes.</summary>
[Network]
public partial class SizedWindows(int channels, int kernel = 3, int stride = 2)
{
    [Parameter("channels 2 kernel kernel")] public partial Tensor Weight { get; }

    [Parameter("channels", Init = Init.Bias)] public partial Tensor Bias { get; }

    [return: Shape("b channels _ _")]
    public virtual Tensor Forward([Shape("b 2 h w")] Tensor x) => MaxPool2d(Relu(Conv2d(x, Weight, Bias, stride, kernel / 2)), kernel, stride: 1, padding: kernel / 2);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 2 h w")] Tensor x) => Sum(Square(Forward(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor InputGradient(Tensor x);
}

/// <summary>Pools.</summary>
[Network]
public partial class Pools
{
    [return: Shape("b 2 h/2 w/2")]
    public virtual Tensor Largest([Shape("b 2 h w")] Tensor x) => MaxPool2d(x, 2);

    [return: Shape("")]
    public virtual Tensor LargestLoss([Shape("b 2 h w")] Tensor x, [Shape("b 2 h/2 w/2")] Tensor t) => Sum(Largest(x) * t);

    [Gradient(of: nameof(LargestLoss), wrt: "x")]
    public virtual partial Tensor LargestGradient(Tensor x, Tensor t);

    [return: Shape("b 2 (h-1)/2+1 w-2")]
    public virtual Tensor LargestOfPadded([Shape("b 2 h w")] Tensor x) => MaxPool2d(x, [3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 2]);

    [return: Shape("")]
    public virtual Tensor LargestOfPaddedLoss([Shape("b 2 h w")] Tensor x, [Shape("b 2 (h-1)/2+1 w-2")] Tensor t) => Sum(LargestOfPadded(x) * t);

    [Gradient(of: nameof(LargestOfPaddedLoss), wrt: "x")]
    public virtual partial Tensor LargestOfPaddedGradient(Tensor x, Tensor t);

    [return: Shape("b 2 (h-1)/2+1 w-1")]
    public virtual Tensor Averages([Shape("b 2 h w")] Tensor x) => AvgPool2d(x, [3, 2], stride: [2, 1], padding: [1, 0], countIncludePad: false);

    [return: Shape("")]
    public virtual Tensor AveragesLoss([Shape("b 2 h w")] Tensor x, [Shape("b 2 (h-1)/2+1 w-1")] Tensor t) => Sum(Averages(x) * t);

    [Gradient(of: nameof(AveragesLoss), wrt: "x")]
    public virtual partial Tensor AveragesGradient(Tensor x, Tensor t);

    [return: Shape("b c l-1")]
    public virtual Tensor AveragesWithPadding([Shape("b c l")] Tensor x) => AvgPool1d(x, 4, stride: 1, padding: 1);

    [return: Shape("")]
    public virtual Tensor AveragesWithPaddingLoss([Shape("b c l")] Tensor x, [Shape("b c l-1")] Tensor t) => Sum(AveragesWithPadding(x) * t);

    [Gradient(of: nameof(AveragesWithPaddingLoss), wrt: "x")]
    public virtual partial Tensor AveragesWithPaddingGradient(Tensor x, Tensor t);

    [return: Shape("b 2 2 3")]
    public virtual Tensor Parts([Shape("b 2 h w")] Tensor x) => AdaptiveAvgPool2d(x, [2, 3]);

    [return: Shape("")]
    public virtual Tensor PartsLoss([Shape("b 2 h w")] Tensor x, [Shape("b 2 2 3")] Tensor t) => Sum(Parts(x) * t);

    [Gradient(of: nameof(PartsLoss), wrt: "x")]
    public virtual partial Tensor PartsGradient(Tensor x, Tensor t);

    [return: Shape("b c 3")]
    public virtual Tensor LargestOfParts([Shape("b c l")] Tensor x) => AdaptiveMaxPool1d(x, 3);

    [return: Shape("")]
    public virtual Tensor LargestOfPartsLoss([Shape("b c l")] Tensor x, [Shape("b c 3")] Tensor t) => Sum(LargestOfParts(x) * t);

    [Gradient(of: nameof(LargestOfPartsLoss), wrt: "x")]
    public virtual partial Tensor LargestOfPartsGradient(Tensor x, Tensor t);

    [return: Shape("b 2 1 1")]
    public virtual Tensor Whole([Shape("b 2 h w")] Tensor x) => AdaptiveAvgPool2d(x, 1) + AdaptiveMaxPool2d(x, 1);

    [return: Shape("")]
    public virtual Tensor WholeLoss([Shape("b 2 h w")] Tensor x, [Shape("b 2 1 1")] Tensor t) => Sum(Whole(x) * t);

    [Gradient(of: nameof(WholeLoss), wrt: "x")]
    public virtual partial Tensor WholeGradient(Tensor x, Tensor t);

    [return: Shape("1 2 d/2 h/2 w")]
    public virtual Tensor Volumes([Shape("1 2 d h w")] Tensor x) =>
        MaxPool3d(x, [2, 2, 1]) - AvgPool3d(x, [2, 2, 1]) + AdaptiveMaxPool3d(x, 1) * AdaptiveAvgPool3d(x, [1, 1, 1]);

    [return: Shape("")]
    public virtual Tensor VolumesLoss([Shape("1 2 d h w")] Tensor x, [Shape("1 2 d/2 h/2 w")] Tensor t) => Sum(Volumes(x) * t);

    [Gradient(of: nameof(VolumesLoss), wrt: "x")]
    public virtual partial Tensor VolumesGradient(Tensor x, Tensor t);
}

/// <summary>Padding, and windows laid out.</summary>
[Network]
public partial class Paddings
{
    [return: Shape("a b+3 c+3")]
    public virtual Tensor Surrounded([Shape("a b c")] Tensor x) => Pad(x, [1, 2, 3, 0], value: 0.5);

    [return: Shape("")]
    public virtual Tensor SurroundedLoss([Shape("a b c")] Tensor x, [Shape("a b+3 c+3")] Tensor t) => Sum(Surrounded(x) * t);

    [Gradient(of: nameof(SurroundedLoss), wrt: "x")]
    public virtual partial Tensor SurroundedGradient(Tensor x, Tensor t);

    [return: Shape("a b+1 c+3")]
    public virtual Tensor Mirrored([Shape("a b c")] Tensor x) => Pad(x, [1, 2, 0, 1], PadMode.Reflect);

    [return: Shape("")]
    public virtual Tensor MirroredLoss([Shape("a b c")] Tensor x, [Shape("a b+1 c+3")] Tensor t) => Sum(Mirrored(x) * t);

    [Gradient(of: nameof(MirroredLoss), wrt: "x")]
    public virtual partial Tensor MirroredGradient(Tensor x, Tensor t);

    [return: Shape("a b+1 c+3")]
    public virtual Tensor Extended([Shape("a b c")] Tensor x) => Pad(x, [1, 2, 0, 1], PadMode.Replicate);

    [return: Shape("")]
    public virtual Tensor ExtendedLoss([Shape("a b c")] Tensor x, [Shape("a b+1 c+3")] Tensor t) => Sum(Extended(x) * t);

    [Gradient(of: nameof(ExtendedLoss), wrt: "x")]
    public virtual partial Tensor ExtendedGradient(Tensor x, Tensor t);

    [return: Shape("a b+1 c+3")]
    public virtual Tensor Wrapped([Shape("a b c")] Tensor x) => Pad(x, [1, 2, 0, 1], PadMode.Circular);

    [return: Shape("")]
    public virtual Tensor WrappedLoss([Shape("a b c")] Tensor x, [Shape("a b+1 c+3")] Tensor t) => Sum(Wrapped(x) * t);

    [Gradient(of: nameof(WrappedLoss), wrt: "x")]
    public virtual partial Tensor WrappedGradient(Tensor x, Tensor t);

    [return: Shape("b 12 h*(w-1)")]
    public virtual Tensor Unfolded([Shape("b 2 h w")] Tensor x) => Unfold(x, [3, 2], padding: [1, 0]);

    [return: Shape("")]
    public virtual Tensor UnfoldedLoss([Shape("b 2 h w")] Tensor x, [Shape("b 12 h*(w-1)")] Tensor t) => Sum(Unfolded(x) * t);

    [Gradient(of: nameof(UnfoldedLoss), wrt: "x")]
    public virtual partial Tensor UnfoldedGradient(Tensor x, Tensor t);

    /// <summary>Windows that every iteration reads element by element and multiplies.</summary>
    [return: Shape("b 12 h*(w-1)")]
    public virtual Tensor Iterated([Shape("b 2 h w")] Tensor x, [Shape("12 12")] Tensor k)
    {
        var windows = Unfold(x, [3, 2], padding: [1, 0]);
        var z = Tanh(windows);
        for (var i = 0; i < 3; i++) z = Tanh(z - MatMul(k, z - windows) / 12);
        return z;
    }

    [return: Shape("")]
    public virtual Tensor IteratedLoss([Shape("b 2 h w")] Tensor x, [Shape("12 12")] Tensor k, [Shape("b 12 h*(w-1)")] Tensor t) => Sum(Iterated(x, k) * t);

    [Gradient(of: nameof(IteratedLoss), wrt: "x, k")]
    public virtual partial (Tensor X, Tensor K) IteratedGradient(Tensor x, Tensor k, Tensor t);

    [return: Shape("b 2 2*h 2*w")]
    public virtual Tensor Shuffled([Shape("b 8 h w")] Tensor x) => PixelShuffle(x, 2);

    [return: Shape("")]
    public virtual Tensor ShuffledLoss([Shape("b 8 h w")] Tensor x, [Shape("b 2 2*h 2*w")] Tensor t) => Sum(Shuffled(x) * t);

    [Gradient(of: nameof(ShuffledLoss), wrt: "x")]
    public virtual partial Tensor ShuffledGradient(Tensor x, Tensor t);
}

/// <summary>The transpose of windows laid out.</summary>
[Network]
public partial class Foldings(int h, int w)
{
    [return: Shape("b 2 h w")]
    public virtual Tensor Folded([Shape("b 12 h*(w-1)")] Tensor x) => Fold(x, [h, w], [3, 2], padding: [1, 0]);

    [return: Shape("")]
    public virtual Tensor FoldedLoss([Shape("b 12 h*(w-1)")] Tensor x, [Shape("b 2 h w")] Tensor t) => Sum(Folded(x) * t);

    [Gradient(of: nameof(FoldedLoss), wrt: "x")]
    public virtual partial Tensor FoldedGradient(Tensor x, Tensor t);
}

/// <summary>Images at other sizes.</summary>
[Network]
public partial class Interpolations
{
    [return: Shape("b 2 h+2 2*w")]
    public virtual Tensor Nearest([Shape("b 2 h w")] Tensor x) => Interpolate(x, [x.Dim(2) + 2, 2 * x.Dim(3)]);

    [return: Shape("")]
    public virtual Tensor NearestLoss([Shape("b 2 h w")] Tensor x, [Shape("b 2 h+2 2*w")] Tensor t) => Sum(Nearest(x) * t);

    [Gradient(of: nameof(NearestLoss), wrt: "x")]
    public virtual partial Tensor NearestGradient(Tensor x, Tensor t);

    [return: Shape("b 2 h+2 2*w")]
    public virtual Tensor Bilinear([Shape("b 2 h w")] Tensor x) => Interpolate(x, [x.Dim(2) + 2, 2 * x.Dim(3)], Interpolation.Linear);

    [return: Shape("")]
    public virtual Tensor BilinearLoss([Shape("b 2 h w")] Tensor x, [Shape("b 2 h+2 2*w")] Tensor t) => Sum(Bilinear(x) * t);

    [Gradient(of: nameof(BilinearLoss), wrt: "x")]
    public virtual partial Tensor BilinearGradient(Tensor x, Tensor t);

    [return: Shape("b 2 h+2 2*w")]
    public virtual Tensor Bicubic([Shape("b 2 h w")] Tensor x) => Interpolate(x, [x.Dim(2) + 2, 2 * x.Dim(3)], Interpolation.Cubic, alignCorners: true);

    [return: Shape("")]
    public virtual Tensor BicubicLoss([Shape("b 2 h w")] Tensor x, [Shape("b 2 h+2 2*w")] Tensor t) => Sum(Bicubic(x) * t);

    [Gradient(of: nameof(BicubicLoss), wrt: "x")]
    public virtual partial Tensor BicubicGradient(Tensor x, Tensor t);

    [return: Shape("b c 3")]
    public virtual Tensor Shorter([Shape("b c l")] Tensor x) => Interpolate(x, 3, Interpolation.Linear, alignCorners: true);

    [return: Shape("")]
    public virtual Tensor ShorterLoss([Shape("b c l")] Tensor x, [Shape("b c 3")] Tensor t) => Sum(Shorter(x) * t);

    [Gradient(of: nameof(ShorterLoss), wrt: "x")]
    public virtual partial Tensor ShorterGradient(Tensor x, Tensor t);
}
