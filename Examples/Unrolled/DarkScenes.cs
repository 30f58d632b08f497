namespace Proxima.Examples;

/// <summary>Scenes of coloured shapes in a smooth light, as a camera sees them with too little light: few photons, and a noise of its own.</summary>
public static class DarkScenes
{
    /// <summary>The side of an image.</summary>
    public const int Side = 32;

    /// <summary>Draws scenes; the same seed and stream give the same ones.</summary>
    /// <param name="count">How many.</param>
    public static (Tensor Dark, Tensor Clean) Draw(int count, ulong seed, ulong stream)
    {
        Tensor dark = Tensor.Zeros(count, 3, Side, Side), clean = Tensor.Zeros(count, 3, Side, Side);
        var light = new double[Side * Side];
        var colours = new double[3 * Side * Side];
        for (var i = 0; i < count; i++)
        {
            var random = new Philox(seed, 3 * (stream * 4096 + (ulong)i));
            var index = 0ul;
            double Pick(double from, double to) => from + (to - from) * random.Uniform(index++);
            double slopeX = Pick(-0.25, 0.25), slopeY = Pick(-0.25, 0.25), depth = Pick(0, 0.2), phaseX = Pick(0, 6), phaseY = Pick(0, 6);
            for (var at = 0; at < light.Length; at++)
            {
                double x = 2.0 * (at % Side) / Side - 1, y = 2.0 * (at / Side) / Side - 1;
                light[at] = 0.7 + slopeX * x + slopeY * y + depth * Math.Cos(2 * x + phaseX) * Math.Cos(2 * y + phaseY);
            }
            // A background and six shapes, one over the other.
            for (var shape = 0; shape < 7; shape++)
            {
                double centreX = Pick(-1, 1), centreY = Pick(-1, 1), radiusX = Pick(0.2, 0.7), radiusY = Pick(0.2, 0.7);
                var isRound = Pick(0, 1) < 0.5;
                double[] colour = [Pick(0.1, 1), Pick(0.1, 1), Pick(0.1, 1)];
                for (var at = 0; at < light.Length; at++)
                {
                    double x = (2.0 * (at % Side) / Side - 1 - centreX) / radiusX, y = (2.0 * (at / Side) / Side - 1 - centreY) / radiusY;
                    if (shape > 0 && (isRound ? x * x + y * y > 1 : Math.Max(Math.Abs(x), Math.Abs(y)) > 1)) continue;
                    for (var c = 0; c < 3; c++) colours[c * light.Length + at] = colour[c];
                }
            }
            var exposure = Pick(0.05, 0.2);
            var normal = new Philox(seed, 3 * (stream * 4096 + (ulong)i) + 1);
            Span<float> darkOf = dark.Row(i).AsSpan<float>(), cleanOf = clean.Row(i).AsSpan<float>();
            for (var at = 0; at < colours.Length; at++)
            {
                var value = colours[at] * light[at % light.Length];
                cleanOf[at] = (float)value;
                // Photons in the normal limit of their distribution, of which a full pixel has 2,000, and what reading them adds.
                var photons = 2000 * exposure * value;
                var read = photons + Math.Sqrt(photons) * normal.Normal(2 * (ulong)at) + 4 * normal.Normal(2 * (ulong)at + 1);
                darkOf[at] = (float)Math.Clamp(read / 2000, 0, 1);
            }
        }
        return (dark, clean);
    }

    /// <summary>The light of images as a bilateral filter of their largest channel tells it.</summary>
    public static Tensor Light(Tensor images)
    {
        const int reach = 6;
        var light = Tensor.Zeros(images.Dim(0), 1, Side, Side);
        var largest = Ops.Max(images, dim: 1, keepDim: true);
        for (var i = 0; i < images.Dim(0); i++)
        {
            Span<float> from = largest.Row(i).AsSpan<float>(), to = light.Row(i).AsSpan<float>();
            for (var at = 0; at < to.Length; at++)
            {
                var (sum, total) = (0.0, 0.0);
                for (var y = Math.Max(at / Side - reach, 0); y <= Math.Min(at / Side + reach, Side - 1); y++)
                    for (var x = Math.Max(at % Side - reach, 0); x <= Math.Min(at % Side + reach, Side - 1); x++)
                    {
                        double dx = x - at % Side, dy = y - at / Side, difference = from[y * Side + x] - from[at];
                        var weight = Math.Exp(-(dx * dx + dy * dy) / 32 - difference * difference / 0.32);
                        sum += weight * from[y * Side + x];
                        total += weight;
                    }
                to[at] = (float)(sum / total);
            }
        }
        return light;
    }

    /// <summary>Which points are seen where each patch of 4 x 4 is missing with a probability.</summary>
    public static Tensor Seen(int count, double missing, ulong seed)
    {
        const int patch = 4;
        var coins = new Philox(seed, 91);
        var seen = Tensor.Zeros(count, 1, Side, Side);
        var points = seen.AsSpan<float>();
        for (var at = 0; at < points.Length; at++)
        {
            var (image, row, column) = (at / (Side * Side), at / Side % Side / patch, at % Side / patch);
            points[at] = coins.Uniform((ulong)((image * (Side / patch) + row) * (Side / patch) + column)) < missing ? 0 : 1;
        }
        return seen;
    }
}
