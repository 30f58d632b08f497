namespace Proxima.Examples;

/// <summary>A small data set of handwriting: ten digits of 8 x 8 points, shifted by up to one point each way, with noise.</summary>
public static class Glyphs
{
    /// <summary>The number of points of an image.</summary>
    public const int Inputs = 64;

    /// <summary>The number of digits.</summary>
    public const int Classes = 10;

    private static readonly string[] s_digits =
    [
        "..####..|.##..##.|.##..##.|.##..##.|.##..##.|.##..##.|..####..|........",
        "...##...|..###...|...##...|...##...|...##...|...##...|.######.|........",
        "..####..|.##..##.|.....##.|....##..|...##...|..##....|.######.|........",
        "..####..|.##..##.|.....##.|...###..|.....##.|.##..##.|..####..|........",
        "....##..|...###..|..####..|.##.##..|.######.|....##..|....##..|........",
        ".######.|.##.....|.#####..|.....##.|.....##.|.##..##.|..####..|........",
        "..####..|.##.....|.##.....|.#####..|.##..##.|.##..##.|..####..|........",
        ".######.|.....##.|....##..|...##...|..##....|..##....|..##....|........",
        "..####..|.##..##.|.##..##.|..####..|.##..##.|.##..##.|..####..|........",
        "..####..|.##..##.|.##..##.|..#####.|.....##.|.....##.|..####..|........",
    ];

    /// <summary>Draws images and their digits; the same seed and stream give the same ones.</summary>
    /// <param name="count">How many.</param>
    /// <param name="noise">The standard deviation of the noise of each point.</param>
    public static (Tensor Images, Tensor Labels) Draw(int count, double noise, ulong seed, ulong stream)
    {
        Tensor images = Tensor.Zeros(count, Inputs), labels = Tensor.Zeros([count], DType.Int64);
        Philox random = new(seed, stream), normal = new(seed, stream + 1);
        var noises = Tensor.Empty(DType.Float32, count, Inputs);
        normal.FillNormal(noises);
        var pixels = images.AsSpan<float>();
        for (var i = 0; i < count; i++)
        {
            int digit = Pick(i, 0, Classes), down = Pick(i, 1, 3) - 1, right = Pick(i, 2, 3) - 1;
            labels.AsSpan<long>()[i] = digit;
            for (var y = 0; y < 8; y++)
            {
                for (var x = 0; x < 8; x++)
                {
                    int fromY = y - down, fromX = x - right;
                    var isInk = fromY is >= 0 and < 8 && fromX is >= 0 and < 8 && s_digits[digit][fromY * 9 + fromX] == '#';
                    var at = i * Inputs + y * 8 + x;
                    pixels[at] = (isInk ? 1 : 0) + (float)(noise * noises.AsSpan<float>()[at]);
                }
            }
        }
        return (images, labels);

        int Pick(int sample, int what, int choices) => Math.Min(choices - 1, (int)(random.Uniform((ulong)(sample * 3 + what)) * choices));
    }

    /// <summary>One row per label, 1 at the label.</summary>
    public static Tensor OneHot(Tensor labels) => Ops.OneHot(labels, Classes, DType.Float32);

    /// <summary>The share of rows whose largest element is at the label.</summary>
    public static double Accuracy(Tensor logits, Tensor labels)
    {
        var best = Ops.ArgMax(logits, dim: 1).ToArray<long>();
        return best.Zip(labels.ToArray<long>(), (a, b) => a == b ? 1.0 : 0).Average();
    }
}
