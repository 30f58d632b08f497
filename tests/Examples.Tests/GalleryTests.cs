using Xunit;

namespace Proxima.Tests;

/// <summary>Every paper of the gallery keeps its claims in a small run.</summary>
public sealed class GalleryTests
{
    [Theory]
    [InlineData("lpn")]
    [InlineData("deeponet")]
    [InlineData("neural-operator")]
    [InlineData("starnet")]
    [InlineData("path-norm")]
    [InlineData("ibp")]
    [InlineData("ift-ho")]
    [InlineData("subdeq")]
    [InlineData("favardgnn")]
    [InlineData("cgs")]
    [InlineData("sharpness")]
    [InlineData("negcomonotone")]
    [InlineData("eqpoly")]
    [InlineData("pigeon")]
    [InlineData("icgn")]
    [InlineData("mfn")]
    [InlineData("gfs-eos")]
    [InlineData("selu")]
    [InlineData("xnor-net")]
    [InlineData("bcd-dnn")]
    [InlineData("parallel-nets")]
    [InlineData("relu-paths")]
    [InlineData("two-losses")]
    [InlineData("phenomnn")]
    [InlineData("gdn")]
    [InlineData("stochastic-splitting")]
    [InlineData("lv-hba")]
    [InlineData("bcd-pr")]
    [InlineData("son-ot")]
    [InlineData("baryconvex")]
    [InlineData("wgsef")]
    [InlineData("pign")]
    [InlineData("dproxsgt")]
    [InlineData("pjax")]
    [InlineData("cue")]
    public void PaperKeepsItsClaims(string id)
    {
        var folder = Directory.CreateTempSubdirectory("gallery").FullName;
        try
        {
            var (code, text) = CommandLineTests.Run("run", id, "--quick", "--out", folder);
            Assert.True(code == 0, text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
