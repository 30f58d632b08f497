namespace Proxima.Examples;

/// <summary>A rendered grey scene with what photographs have and drawings lack: haze, clouds, textures of all scales, shadows and edges of every sharpness.</summary>
internal static class Photograph
{
    /// <summary>Renders the scene, four rays to a pixel; values from 0 to 255.</summary>
    public static Tensor Render(int size)
    {
        var image = Tensor.Zeros(size, size);
        var pixels = image.AsSpan<float>();
        for (var i = 0; i < pixels.Length; i++)
            for (var ray = 0; ray < 4; ray++)
                pixels[i] += 63.75f * (float)Math.Clamp(Light((i % size + 0.25 + 0.5 * (ray % 2)) / size, (i / size + 0.25 + 0.5 * (ray / 2)) / size), 0, 1);
        return image;
    }

    /// <summary>The light from a direction: x to the right and y down, both from 0 to 1.</summary>
    private static double Light(double x, double y)
    {
        // A sphere that the sun shines on from the left, before everything.
        double u = (x - 0.72) / 0.15, v = (y - 0.74) / 0.15, square = u * u + v * v;
        if (square < 1)
        {
            double depth = Math.Sqrt(1 - square), shine = Math.Max(0, -0.55 * u - 0.6 * v + 0.58 * depth);
            var stripes = 0.55 + 0.2 * Math.Tanh(6 * Math.Sin(9 * Math.Atan2(u, depth) + 2 * v));
            return 0.1 + stripes * 0.75 * shine + 0.5 * Math.Pow(shine, 40);
        }
        // A house with lit and dark windows, a door and a roof.
        if (x is > 0.12 and < 0.42 && y > 0.5 && y < 0.8)
        {
            double column = (x - 0.12) / 0.06 % 1, row = (y - 0.5) / 0.075 % 1;
            var isWindow = column is > 0.3 and < 0.75 && row is > 0.25 and < 0.8 && y < 0.725;
            var isDoor = x is > 0.245 and < 0.295 && y > 0.725;
            return isWindow ? 0.15 + 0.7 * Hash((int)((x - 0.12) / 0.06), (int)((y - 0.5) / 0.075)) : isDoor ? 0.12 : 0.62 + 0.08 * Clouds(60 * x, 60 * y) - 0.25 * (x - 0.12);
        }
        if (y is > 0.4 and <= 0.5 && Math.Abs(x - 0.27) < 0.17 * (y - 0.4) / 0.1) return 0.28 + 0.08 * Math.Sin(500 * y) * Math.Sin(160 * x);
        // Meadow, with the shadow of the sphere; then ranges of hills, the farther the paler; then sky.
        if (y > 0.68)
        {
            var near = (y - 0.68) / 0.32;
            double dx = (x - 0.86) / 0.2, dy = (y - 0.87) / 0.045, shadow = 1 / (1 + Math.Exp(-12 * (Math.Sqrt(dx * dx + dy * dy) - 1)));
            return (0.3 + 0.12 * near + (0.1 + 0.25 * near) * (Clouds(90 * x / (0.4 + near), 25 / (0.25 + near)) - 0.5)) * (0.35 + 0.65 * shadow);
        }
        for (var range = 2; range >= 0; range--)
        {
            var ridge = 0.62 - 0.11 * (2 - range) - 0.16 * (Clouds(3.5 * x + 10 * range, 7 + range) - 0.3);
            if (y > ridge) return 0.68 - 0.17 * range + 0.14 * (Clouds(40 * x + range, 40 * y) - 0.5);
        }
        return 0.95 - 0.35 * Math.Exp(-4 * y) + 0.3 * Math.Max(0, Clouds(5 * x, 9 * y) - 0.45);
    }

    /// <summary>Noise of six octaves, from 0 to 1.</summary>
    private static double Clouds(double x, double y)
    {
        double sum = 0, weight = 0.5;
        for (var octave = 0; octave < 6; octave++, weight /= 2, x *= 2, y *= 2)
        {
            int column = (int)Math.Floor(x), row = (int)Math.Floor(y);
            double dx = x - column, dy = y - row;
            (dx, dy) = (dx * dx * (3 - 2 * dx), dy * dy * (3 - 2 * dy));
            double top = Hash(column, row) * (1 - dx) + Hash(column + 1, row) * dx, bottom = Hash(column, row + 1) * (1 - dx) + Hash(column + 1, row + 1) * dx;
            sum += weight * (top * (1 - dy) + bottom * dy);
        }
        return sum / 0.984375;
    }

    private static double Hash(int column, int row) => new Philox(17, (ulong)(uint)column).Uniform((uint)row);
}
