namespace Proxima.Examples;

/// <summary>A small data set of silhouettes of 16 x 16 points: eight shapes of random size and place, with noise.</summary>
public static class Silhouettes
{
    /// <summary>The number of points along an edge.</summary>
    public const int Side = 16;

    /// <summary>The number of shapes.</summary>
    public const int Classes = 8;

    /// <summary>Draws images and their shapes; the same seed and stream give the same ones.</summary>
    /// <param name="count">How many.</param>
    public static (Tensor Images, Tensor Labels) Draw(int count, ulong seed, ulong stream)
    {
        Tensor images = Tensor.Zeros(count, Side, Side), labels = Tensor.Zeros([count], DType.Int64);
        Philox random = new(seed, stream), normal = new(seed, stream + 100);
        var points = images.AsSpan<float>();
        for (var i = 0; i < count; i++)
        {
            double Pick(int what) => random.Uniform((ulong)(i * 4 + what));
            var shape = (int)(Pick(0) * Classes);
            labels.AsSpan<long>()[i] = shape;
            double radius = 3 + 3 * Pick(1), centreX = radius + Pick(2) * (Side - 1 - 2 * radius), centreY = radius + Pick(3) * (Side - 1 - 2 * radius);
            for (var y = 0; y < Side; y++)
                for (var x = 0; x < Side; x++)
                {
                    var at = (i * Side + y) * Side + x;
                    points[at] = (Covers(shape, (x - centreX) / radius, (y - centreY) / radius) ? 1 : 0) + (float)(0.2 * normal.Normal((ulong)at));
                }
        }
        return (images, labels);
    }

    /// <summary>Whether a shape of radius 1 around 0 covers a point.</summary>
    private static bool Covers(int shape, double x, double y)
    {
        var (width, height, distance) = (Math.Abs(x), Math.Abs(y), Math.Sqrt(x * x + y * y));
        if (Math.Max(width, height) > 1) return false;
        return shape switch
        {
            0 => distance <= 1,
            1 => true,
            2 => width <= (y + 1) / 2,
            3 => Math.Min(width, height) <= 0.3,
            4 => distance is <= 1 and >= 0.6,
            5 => width + height <= 1,
            6 => Math.Max(width, height) >= 0.65,
            _ => Math.Abs(width - height) <= 0.3,
        };
    }
}
