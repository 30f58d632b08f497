using System.Text.RegularExpressions;
using Proxima.Examples;
using Spectre.Console;
using Xunit;

namespace Proxima.Tests;

public sealed class CommandLineTests
{
    /// <summary>Runs a command line as a shell would, with its output in a string.</summary>
    internal static (int Code, string Text) Run(params string[] args)
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        return (CommandLine.Run(args, CommandLine.Wide(console)), text.ToString());
    }

    [Fact]
    public void ListShowsEveryPaperOnOneLine()
    {
        var (code, text) = Run("list");
        Assert.Equal(0, code);
        var rows = text.Split('\n').Where(line => Regex.IsMatch(line, @"\bS\d{3}\b")).ToArray();
        Assert.Equal(119, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            Assert.Contains($"S{i + 1:000}", rows[i]);
            Assert.True(rows[i].Contains("planned") || rows[i].Contains("works"), rows[i]);
        }
        Assert.Contains("lista", text);
        Assert.Contains("denoise", text);
    }

    [Theory]
    [InlineData]
    [InlineData("run")]
    [InlineData("run", "nope")]
    [InlineData("run", "lista", "--nope")]
    [InlineData("run", "lista", "--seed", "x")]
    [InlineData("run", "denoise", "--image", "/no/such/file.png")]
    [InlineData("run", "denoise", "--sigma", "0")]
    [InlineData("bogus")]
    public void BadUsageExitsWithTwo(params string[] args)
    {
        var (code, text) = Run(args);
        Assert.Equal(2, code);
        Assert.NotEmpty(text);
    }

    [Fact]
    public void APlannedPaperSaysSo()
    {
        var planned = Catalogue.Papers.Where(paper => Catalogue.FindExample(paper.Id) is null).Take(1);
        foreach (var paper in planned)
        {
            var (code, text) = Run("run", paper.Name);
            Assert.Equal(2, code);
            Assert.Contains($"{paper.Id} ({paper.Name}) is planned", text);
        }
    }

    [Fact]
    public void AFileThatIsNoImageIsRefused()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "not a PNG");
            var (code, text) = Run("run", "denoise", "--image", file);
            Assert.Equal(2, code);
            Assert.NotEmpty(text);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void IdsAndNamesAreUnique()
    {
        Assert.Equal(119, Catalogue.Papers.Select(paper => paper.Id).Distinct().Count());
        Assert.Equal(119, Catalogue.Papers.Select(paper => paper.Name.ToLowerInvariant()).Distinct().Count());
        Assert.All(Catalogue.Papers, paper => Assert.Matches("^[a-z0-9-]+$", paper.Name));
        Assert.Same(Catalogue.FindPaper("s002"), Catalogue.FindPaper("LPN"));
    }

    [Fact]
    public void ANaNClaimDoesNotHold()
    {
        Assert.False(Claim.AtMost("x", double.NaN, 1).Holds);
        Assert.False(Claim.AtLeast("x", double.NaN, 1).Holds);
        Assert.False(Claim.Near("x", double.NaN, 1, 1).Holds);
        Assert.True(Claim.Near("x", 1.25, 1, 0.25).Holds);
    }
}
