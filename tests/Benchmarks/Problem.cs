namespace Proxima.Benchmarks;

/// <summary>What a call computes: the codes of a batch, or loss and gradients of one.</summary>
internal sealed record Case(bool Gradient, int Batch)
{
    /// <summary>Every case, in the order of the tables.</summary>
    public static readonly Case[] All = [new(false, 1), new(false, 64), new(true, 1), new(true, 64)];

    public string Name => $"{(Gradient ? "gradient" : "forward")}-{Batch}";

    /// <summary>The goal: how many times faster than TorchSharp.</summary>
    public double Goal => Batch == 1 ? 3 : 1.4;

    /// <summary>The multiplications and additions of the matrix products; the backward pass needs no derivative by the measurements.</summary>
    public double Flops
    {
        get
        {
            double first = 2.0 * Batch * Problem.Measurements * Problem.Atoms, layer = 2.0 * Batch * Problem.Atoms * Problem.Atoms;
            return Gradient ? 2 * first + 3 * (Problem.Layers - 1) * layer : first + (Problem.Layers - 1) * layer;
        }
    }

    public static Case Parse(string name) => All.Single(item => item.Name == name);
}

/// <summary>
/// The same numbers for every contender: sparse codes, their noiseless measurements, and the network that classical
/// shrinkage starts from. A has unit columns; one step is x + Aᵀ(y - Ax)/L with L = 6, just above the squared norm of A.
/// </summary>
internal sealed class Problem
{
    public const int Measurements = 250, Atoms = 500, Layers = 16, LargestBatch = 64;
    private const float Lipschitz = 6, Shrinkage = 0.1f;

    public Problem()
    {
        var random = new Random(3);
        var dictionary = new float[Measurements * Atoms]; // A
        for (var j = 0; j < Atoms; j++)
        {
            double square = 0;
            for (var i = 0; i < Measurements; i++)
            {
                var entry = Normal(random);
                dictionary[i * Atoms + j] = (float)entry;
                square += entry * entry;
            }
            for (var i = 0; i < Measurements; i++)
                dictionary[i * Atoms + j] /= (float)Math.Sqrt(square);
        }

        Encoder = Array.ConvertAll(dictionary, entry => entry / Lipschitz);
        for (var j = 0; j < Atoms; j++)
            Inhibition[j * Atoms + j] = 1;
        for (var i = 0; i < Measurements; i++)
            for (var j = 0; j < Atoms; j++)
                for (var k = 0; k < Atoms; k++)
                    Inhibition[j * Atoms + k] -= dictionary[i * Atoms + j] * dictionary[i * Atoms + k] / Lipschitz;
        Array.Fill(Threshold, Shrinkage / Lipschitz);

        for (var code = 0; code < Codes.Length; code++)
            Codes[code] = random.Next(10) == 0 ? (float)Normal(random) : 0;
        for (var b = 0; b < LargestBatch; b++)
            for (var i = 0; i < Measurements; i++)
                for (var j = 0; j < Atoms; j++)
                    Signals[b * Measurements + i] += Codes[b * Atoms + j] * dictionary[i * Atoms + j];
    }

    public float[] Encoder { get; }

    public float[] Inhibition { get; } = new float[Atoms * Atoms];

    public float[] Threshold { get; } = new float[Layers];

    /// <summary>The measurements y, [LargestBatch, Measurements].</summary>
    public float[] Signals { get; } = new float[LargestBatch * Measurements];

    /// <summary>The codes to recover, [LargestBatch, Atoms].</summary>
    public float[] Codes { get; } = new float[LargestBatch * Atoms];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
