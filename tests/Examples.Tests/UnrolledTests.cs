using Proxima.Examples;
using Proxima.Files;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

public sealed class UnrolledTests
{
    private static string Folder() => Directory.CreateTempSubdirectory("gallery").FullName;

    [Fact]
    public void SparseRecoveryKeepsItsClaims()
    {
        var folder = Folder();
        try
        {
            var (code, text) = CommandLineTests.Run("run", "lista", "--quick", "--out", folder);
            Assert.True(code == 0, text);
            Assert.Contains("All 3 claims hold.", text);
            Assert.Contains("above that of a long solve", text);
            foreach (var name in new[] { "lista.png", "lista-objective.png" }) Assert.True(new FileInfo(Path.Combine(folder, name)).Length > 1000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void DenoisingKeepsItsClaimsAndWritesImages()
    {
        var folder = Folder();
        try
        {
            var (code, text) = CommandLineTests.Run("run", "denoise", "--quick", "--out", folder);
            Assert.True(code == 0, text);
            Assert.Contains("above that of a long solve", text);
            foreach (var name in new[] { "clean", "noisy", "denoised" })
                Assert.Equal([96, 96], Png.ReadGray(Path.Combine(folder, $"denoise-{name}.png")).Shape.ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void RestorationKeepsItsClaimsAndWritesImages()
    {
        var folder = Folder();
        try
        {
            var (code, text) = CommandLineTests.Run("run", "tv", "--quick", "--out", folder);
            Assert.True(code == 0, text);
            Assert.Equal(6, Directory.GetFiles(folder, "tv-*.png").Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("ct", 4)]
    [InlineData("completion", 3)]
    public void SolversKeepTheirClaimsAndDraw(string id, int pictures)
    {
        var folder = Folder();
        try
        {
            var (code, text) = CommandLineTests.Run("run", id, "--quick", "--out", folder);
            Assert.True(code == 0, text);
            Assert.Equal(pictures, Directory.GetFiles(folder, $"{id}-*.png").Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void AClaimThatFailsExitsWithOne()
    {
        var folder = Folder();
        try
        {
            var (code, text) = CommandLineTests.Run("run", "denoise", "--quick", "--at-least", "99", "--out", folder);
            Assert.Equal(1, code);
            Assert.Contains("NO", text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void TheAnalyticWeightIsFeasibleAndNoWorseThanTheDictionary()
    {
        var problem = new SparseProblem(20, 40, seed: 3);
        var weight = problem.AnalyticWeight();
        foreach (var value in Sum(weight * problem.A, dim: 0).ToArray<float>()) Assert.Equal(1, value, 1e-5);
        Assert.True(Coherence(weight) < Coherence(problem.A));

        double Coherence(Tensor w) => (double)Sum(Square(MatMul(Transpose(w), problem.A)));
    }

    [Fact]
    public void SignalsHaveTheirDensityAndNoiseItsRatio()
    {
        var problem = new SparseProblem(50, 100, seed: 1);
        var (clean, x) = problem.Draw(400, double.PositiveInfinity, index: 7);
        var (noisy, same) = problem.Draw(400, 20, index: 7);
        Assert.Equal(x.ToArray<float>(), same.ToArray<float>());
        Assert.Equal(SparseProblem.Density, x.ToArray<float>().Count(value => value != 0) / 40_000.0, 0.01);
        var ratio = 10 * Math.Log10((double)Sum(Square(clean)) / (double)Sum(Square(noisy - clean)));
        Assert.Equal(20, ratio, 0.3);
    }

    [Theory]
    [InlineData(1.0, 0.0)]
    [InlineData(1.5, 1.0)]
    [InlineData(2.0, 2.0)]
    [InlineData(-3.0, -3.0)]
    [InlineData(-0.5, 0.0)]
    public void TheFirmThresholdIsZeroThenSteepThenTheIdentity(double v, double expected) =>
        Assert.Equal(expected, (double)Shrinkage.FirmThreshold(v, 1.0, 1.0), 1e-6);

    [Theory]
    [InlineData(24, 24)]
    [InlineData(131, 40)]
    [InlineData(129, 260)]
    public void TilesDoNotShow(int height, int width)
    {
        var model = new PatchCoder.Cpu();
        PatchDenoising.Start(model, PatchDenoising.CosineAtoms());
        model.LogThreshold.Fill(50); // no atom survives: every pixel becomes the mean of the means of its patches
        var flat = Tensor.Full([height, width], 100);
        var denoised = PatchDenoising.Denoise(model, flat, sigma: 25);
        Assert.Equal([height, width], denoised.Shape.ToArray());
        Assert.All(denoised.ToArray<float>(), value => Assert.Equal(100, value, 1e-2));

        var image = Sample.Uniform(4, height, width) * 255;
        var tiled = PatchDenoising.Denoise(model, image, sigma: 25);
        var whole = model.Forward(Reshape(image / 25, 1, height, width)) * 25;
        Assert.True((double)Max(Abs(Reshape(whole, height, width) - tiled)) < 1e-2);
    }
}
