using System.Diagnostics;
using Proxima.Files;
using Proxima.Training;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>Enhancement of dark images by unrolled iterations with learned priors.</summary>
/// <remarks>
/// Beside the paper: scenes are drawn, and how much brighter an image is to be follows from its mean instead of a given ratio. The light has one channel, so its step sums over the colours where the paper's is their mean: the
/// step's length is learned. What branches on the Fourier transform in the network for the reflectance is left out.
/// </remarks>
public sealed class LowLight : IExample
{
    private const int Width = 8;
    private const int PriorWidth = 16;
    private const int Side = DarkScenes.Side;

    /// <inheritdoc/>
    public string Id => "S001";

    /// <inheritdoc/>
    public string Title => "Low-light enhancement: an unrolled decomposition into light, reflectance and noise, with masked autoencoders as priors";

    /// <inheritdoc/>
    public string Family => "unrolled/inverse";

    /// <inheritdoc/>
    public string Paper => "Zheng et al.: Empowering Low-Light Image Enhancer through Customized Learnable Priors (ICCV 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(Retinex), new Dictionary<string, long> { ["b"] = 50, ["c"] = 3, ["h"] = Side, ["w"] = Side }),
        new(typeof(RetinexNetwork), new Dictionary<string, long> { ["width"] = Width, ["size"] = Side, ["priorWidth"] = PriorWidth, ["stages"] = 3, ["b"] = 8 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Descent(context);
        Enhancement(context);
    }

    /// <summary>Without learned parts every step leads down, and is the paper's.</summary>
    private static void Descent(Context context)
    {
        var (images, stages) = context.Quick ? (8, 20) : (50, 100);
        var (image, weight) = (DarkScenes.Draw(images, context.Seed, 7).Dark.To(DType.Float64), Tensor.Full([], 0.02, DType.Float64));
        var model = new Retinex();
        // The paper starts where light times reflectance is the image already; from a random reflectance there is a way to go.
        var light = Max(image, dim: 1, keepDim: true);
        var reflectance = Sample.Uniform(context.Seed + 3, images, 3, Side, Side).To(DType.Float64);
        var noise = 0 * image;
        var (start, increase, difference) = (Objective(), double.NegativeInfinity, 0.0);
        var before = start;
        (Tensor Light, Tensor Reflectance, Tensor Noise) first = (light, reflectance, noise);
        for (var k = 0; k < stages; k++)
        {
            // The paper's step in each colour, a third as long as the mean of all is taken, beside the derived one.
            var a = 1 / Max(Sum(Square(reflectance), dim: 1, keepDim: true), dims: [1, 2, 3], keepDim: true);
            var colours = light - 3 * a * reflectance * (light * reflectance + noise - image);
            light = Compared(model.NextLight(light, reflectance, noise, image), Mean(colours, dim: 1, keepDim: true));
            Fell();
            var b = 1 / Max(Square(light), dims: [1, 2, 3], keepDim: true);
            reflectance = Compared(model.NextReflectance(light, reflectance, noise, image), reflectance - b * light * (light * reflectance + noise - image));
            Fell();
            var rest = image - light * reflectance;
            noise = Compared(model.NextNoise(light, reflectance, noise, image, weight), Sign(rest) * Relu(Abs(rest) - weight));
            Fell();
        }
        context.Claim(Claim.AtMost($"largest increase of the objective in a step, {stages} stages x {images} images, relative", increase, 1e-7));
        context.Claim(Claim.AtMost("derived steps against the paper's, largest difference", difference, 1e-6));
        var derived = new Retinex.Cpu().Decompose(first.Light.To(DType.Float32), first.Reflectance.To(DType.Float32), first.Noise.To(DType.Float32), image.To(DType.Float32), weight.To(DType.Float32));
        (light, reflectance, noise) = (derived.Light.To(DType.Float64), derived.Reflectance.To(DType.Float64), derived.Noise.To(DType.Float64));
        context.Claim(Claim.AtMost("derived algorithm: objective after 100 iterations, of that at the start", Objective().Sum() / start.Sum(), 0.2, before.Sum() / start.Sum()));

        double[] Objective() => model.Objective(light, reflectance, noise, image, weight).ToArray<double>();

        void Fell()
        {
            var now = Objective();
            for (var i = 0; i < images; i++) increase = Math.Max(increase, (now[i] - before[i]) / start[i]);
            before = now;
        }

        Tensor Compared(Tensor next, Tensor expected)
        {
            difference = Math.Max(difference, (double)Max(Abs(next - expected)));
            return next;
        }
    }

    /// <summary>What is learned: both priors, then the network with them, and one whose prior was never trained.</summary>
    private static void Enhancement(Context context)
    {
        var seeds = context.Quick ? 1 : 3;
        double lightError = 0, constantError = 0, gamma = 0, enhanced = 0, untrained = 0, seconds = 0;
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + (ulong)run;
            var (dark, clean) = DarkScenes.Draw(256, seed, 1);
            var (testDark, testClean) = DarkScenes.Draw(64, seed, 2);
            var clock = Stopwatch.StartNew();
            var light = Lights(context, clean, seed);
            var edges = Edges(context, clean, seed);
            var network = Train(context, dark, clean, seed, light, edges);
            seconds += clock.Elapsed.TotalSeconds;
            var control = context.Quick ? null : Train(context, dark, clean, seed, null, edges);

            var (truth, seen) = (DarkScenes.Light(testClean), DarkScenes.Seen(64, 0.6, seed + 50));
            lightError += (double)light.Loss(testClean, truth, seen);
            constantError += (double)(Sum((1 - seen) * Square(truth - Mean(truth))) / Sum(1 - seen));
            var output = network.Forward(testDark);
            enhanced += Psnr(output, testClean);
            untrained += control is null ? double.NaN : Psnr(control.Forward(testDark), testClean);
            gamma += Gamma(testDark, testClean);
            if (run == 0) Draw(context, testDark, output, testClean);
        }
        context.Table("64 unseen scenes, mean PSNR in dB", ["", "dB"],
            [["best power for each image, chosen with the clean one", Claim.Text(gamma / seeds)], ["trained, untrained prior", context.Quick ? "" : Claim.Text(untrained / seeds)], ["trained, light prior", Claim.Text(enhanced / seeds)]]);
        context.Claim(Claim.AtMost("light autoencoder: error where 60 % is missing, of that of the mean", lightError / constantError, 0.3, 1));
        context.Claim(Claim.AtLeast("PSNR of the network, 2 dB above the best power of each image", enhanced / seeds, gamma / seeds + 2, gamma / seeds, "dB"));
        if (!context.Quick) context.Claim(Claim.AtLeast("PSNR with the light prior, 0.3 dB above that with one that was never trained", enhanced / seeds, untrained / seeds + 0.3, untrained / seeds, "dB"));
        context.Claim(Claim.AtMost("time to train priors and network", seconds / seeds, 20, unit: "s"));
    }

    private static LightAutoencoder Lights(Context context, Tensor clean, ulong seed)
    {
        var (model, lights) = (new LightAutoencoder.Cpu(PriorWidth, Side), DarkScenes.Light(clean));
        model.Initialize(seed);
        var (adam, batches, steps) = (new Adam(model), new Batches(8, seed, dropLast: true, clean, lights), context.Quick ? 300 : 1500);
        using var order = Endless(batches).GetEnumerator();
        context.Steps($"light autoencoder, seed {seed}", steps, i =>
        {
            adam.LearningRate = 0.0035 * (1 + Math.Cos(Math.PI * i / steps)) + 1e-5;
            order.MoveNext();
            adam.Step(model.LossGradient(order.Current[0], order.Current[1], DarkScenes.Seen(8, 0.6, seed * 100_003 + (ulong)i)));
            return null;
        });
        return model;
    }

    private static EdgeAutoencoder Edges(Context context, Tensor clean, ulong seed)
    {
        var model = new EdgeAutoencoder.Cpu(Width, Side);
        model.Initialize(seed + 1);
        var (adam, batches, steps) = (new Adam(model), new Batches(16, seed, dropLast: true, clean), context.Quick ? 60 : 200);
        using var order = Endless(batches).GetEnumerator();
        context.Steps($"edge autoencoder, seed {seed}", steps, i =>
        {
            adam.LearningRate = 0.004 * (1 + Math.Cos(Math.PI * i / steps)) + 1e-5;
            order.MoveNext();
            adam.Step(model.LossGradient(order.Current[0], DarkScenes.Seen(16, 0.6, seed * 100_003 + (ulong)i)));
            return null;
        });
        return model;
    }

    /// <summary>Trains the network; both priors are frozen, and without a light autoencoder its encoder is one that was never trained.</summary>
    private static RetinexNetwork Train(Context context, Tensor dark, Tensor clean, ulong seed, LightAutoencoder? light, EdgeAutoencoder edges)
    {
        var network = new RetinexNetwork.Cpu(Width, Side, PriorWidth);
        network.Initialize(seed);
        if (light is not null) Copy(light, "encoder.", "prior.");
        Copy(edges, "", "edges.");
        var adam = new Adam(network, scale: name => name.StartsWith("prior.") || name.StartsWith("edges.") ? 0 : 1);
        var (batches, steps) = (new Batches(8, seed, dropLast: true, dark, clean), context.Quick ? 60 : 160);
        using var order = Endless(batches).GetEnumerator();
        context.Steps($"network with {(light is null ? "an untrained" : "the light")} prior, seed {seed}", steps, i =>
        {
            adam.LearningRate = 0.0025 * (1 + Math.Cos(Math.PI * i / steps)) + 1e-5;
            order.MoveNext();
            var gradients = network.LossGradient(order.Current[0], order.Current[1], Tensor.Scalar(0.02f));
            adam.Step(gradients);
            return i % 50 == 49 ? FormattableString.Invariant($"loss {(double)gradients.Value:0.0000}") : null;
        });
        return network;

        void Copy(Network from, string prefix, string to)
        {
            foreach (var parameter in from.Parameters.Where(p => p.Name.StartsWith(prefix)))
                network.Parameters.Single(p => p.Name == to + parameter.Name[prefix.Length..]).Value.CopyFrom(parameter.Value);
        }
    }

    private static IEnumerable<IReadOnlyList<Tensor>> Endless(Batches batches)
    {
        for (var epoch = 0; ; epoch++)
            foreach (var batch in batches.Epoch(epoch)) yield return batch;
    }

    /// <summary>The mean PSNR of images, limited to what can be shown.</summary>
    private static double Psnr(Tensor images, Tensor clean) =>
        Mean(Square((Clamp(images, 0, 1) - clean).To(DType.Float64)), dims: [1, 2, 3]).ToArray<double>().Average(error => -10 * Math.Log10(error));

    /// <summary>The mean PSNR of images to a power, for each image the best one.</summary>
    private static double Gamma(Tensor dark, Tensor clean)
    {
        var best = new double[dark.Dim(0)];
        for (var power = 0.05; power <= 1; power += 0.01)
        {
            var errors = Mean(Square((Pow(dark, power) - clean).To(DType.Float64)), dims: [1, 2, 3]).ToArray<double>();
            for (var i = 0; i < best.Length; i++) best[i] = Math.Max(best[i], -10 * Math.Log10(errors[i]));
        }
        return best.Average();
    }

    /// <summary>Four scenes below each other: dark, enhanced, clean.</summary>
    private static void Draw(Context context, Tensor dark, Tensor enhanced, Tensor clean)
    {
        Tensor Column(Tensor images) => Reshape(Permute(images[..4], 1, 0, 2, 3), 3, 4 * Side, Side);
        var path = context.OutputPath("cue.png");
        Png.WriteRgb(path, Clamp(Concat([Column(dark), Column(enhanced), Column(clean)], dim: 2), 0, 1));
        context.Say($"wrote {path}");
    }
}
