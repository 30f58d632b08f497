using System.Globalization;
using System.IO.Compression;
using System.Xml.Linq;
using Xunit;

namespace Proxima.Tests;

/// <summary>What a stranger gets: the packages alone, in a project of their own.</summary>
public sealed class PackagingTests(Packages packages) : IClassFixture<Packages>
{
    [Fact]
    public void The_solution_makes_three_packages() => Assert.Equal(
        new[] { "Proxima", "Proxima.Gpu", "Proxima.Torch" }.Select(id => packages[id]).Order(),
        Directory.GetFiles(packages.Feed).Order());

    [Theory]
    [InlineData("Proxima", "System.Numerics.Tensors",
        "analyzers/dotnet/cs/Proxima.Generator.CodeFixes.dll analyzers/dotnet/cs/Proxima.Generator.dll build/Proxima.props buildTransitive/Proxima.props "
        + "lib/net10.0/Proxima.Dsl.dll lib/net10.0/Proxima.Dsl.xml lib/net10.0/Proxima.Runtime.dll lib/net10.0/Proxima.Runtime.xml")]
    [InlineData("Proxima.Gpu", "ILGPU Proxima", "lib/net10.0/Proxima.Runtime.Gpu.dll lib/net10.0/Proxima.Runtime.Gpu.xml")]
    [InlineData("Proxima.Torch", "Proxima TorchSharp",
        "buildTransitive/Proxima.Torch.targets buildTransitive/TorchOldGlibcxx.targets buildTransitive/WeakenVersionNeed.cs "
        + "lib/net10.0/Proxima.Runtime.Torch.dll lib/net10.0/Proxima.Runtime.Torch.xml")]
    public void A_package_holds_exactly(string id, string dependencies, string files)
    {
        using var package = ZipFile.OpenRead(packages[id]);
        Assert.Equal(
            files.Split(' ').Append("README.md").Order(StringComparer.Ordinal),
            package.Entries.Select(entry => entry.FullName)
                .Where(name => !name.EndsWith(".nuspec", StringComparison.Ordinal) && !name.StartsWith("_rels/", StringComparison.Ordinal)
                    && !name.StartsWith("package/", StringComparison.Ordinal) && name != "[Content_Types].xml")
                .Order(StringComparer.Ordinal));

        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        var nuspec = XDocument.Load(stream);
        var words = nuspec.Root!.Name.Namespace;
        Assert.Equal(dependencies.Split(' '), nuspec.Descendants(words + "dependency").Select(item => item.Attribute("id")!.Value).Order(StringComparer.Ordinal));
        Assert.Equal("MIT", nuspec.Descendants(words + "license").Single().Value);
        Assert.All(["readme", "description", "tags", "authors"], name => Assert.NotEmpty(nuspec.Descendants(words + name).Single().Value));
    }

    [Fact]
    public void A_fresh_project_declares_a_network_and_trains_it()
    {
        var folder = packages.Project(Packages.Program("Learn.cs"), "Proxima");
        Commands.Dotnet(folder, "build", "-c", "Release", "-o", "out", "--disable-build-servers");
        CheckLearning(Run(folder, "out"));
    }

    [LinkerFact]
    public void The_same_project_compiles_to_native_code_and_prints_the_same_numbers()
    {
        var folder = packages.Project(Packages.Program("Learn.cs"), "Proxima");
        Commands.Dotnet(folder, "build", "-c", "Release", "-o", "out", "--disable-build-servers");
        Commands.Dotnet(folder, [
            "publish", "-c", "Release", "--use-current-runtime", "-o", "native", "--disable-build-servers",
            "-p:PublishAot=true", "-p:IlcInstructionSet=native", .. LinkerFactAttribute.Properties]);
        Assert.False(File.Exists(Path.Combine(folder, "native", "app.dll")), "An assembly lies beside the native program.");

        var (managed, native) = (Run(folder, "out"), Run(folder, "native"));
        CheckLearning(native);
        foreach (var (name, value) in managed)
            Assert.Equal(value, native[name], Math.Abs(value) * 1e-4);
    }

    [Fact]
    public void A_shape_error_fails_the_build_on_its_line()
    {
        const string Right = "MatMul(y, Encoder)", Wrong = "MatMul(Encoder, y)";
        var source = Packages.Program("Learn.cs");
        var line = source[..source.IndexOf(Right, StringComparison.Ordinal)].Count(character => character == '\n') + 1;
        var folder = packages.Project(source.Replace(Right, Wrong, StringComparison.Ordinal), "Proxima");
        var outcome = Commands.Run(folder, "dotnet", "build", "--disable-build-servers");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(outcome.Lines, text => text.Contains($"Program.cs({line},", StringComparison.Ordinal) && text.Contains("error PRX0102", StringComparison.Ordinal));
        Assert.DoesNotContain("CS8795", outcome.Output); // nothing about the bodies that the generator then cannot write
    }

    [Fact]
    public void Mistakes_fail_the_build_and_the_code_fixes_mend_them()
    {
        var source = Packages.Program("Mistakes.cs");
        var folder = packages.Project(source, "Proxima");
        var broken = Commands.Run(folder, "dotnet", "build", "--disable-build-servers");
        Assert.NotEqual(0, broken.ExitCode);
        foreach (var (id, text) in new[] { ("PRX0102", "MatMul("), ("PRX0101", "outptus"), ("PRX0002", "Best(") })
        {
            var line = source[..source.IndexOf(text, StringComparison.Ordinal)].Count(character => character == '\n') + 1;
            Assert.Contains(broken.Lines, output => output.Contains($"Program.cs({line},", StringComparison.Ordinal) && output.Contains($"error {id}:", StringComparison.Ordinal));
        }
        Assert.DoesNotContain("error CS", broken.Output); // the user's own mistakes, and no more

        Commands.Dotnet(folder, "format", "analyzers", "--no-restore", "--severity", "error", "--diagnostics", "PRX0002", "PRX0101", "PRX0102");
        var mended = source
            .Replace("MatMul(x, Weight)", "MatMul(x, Transpose(Weight))", StringComparison.Ordinal)
            .Replace("outptus", "outputs", StringComparison.Ordinal)
            .Replace("public Tensor Best", "public virtual Tensor Best", StringComparison.Ordinal);
        Assert.Equal(mended, File.ReadAllText(Path.Combine(folder, "Program.cs")));
        Commands.Dotnet(folder, "build", "-o", "out", "--disable-build-servers");
        Assert.Equal(["2"], Commands.Dotnet(folder, "out/app.dll").Lines);
    }

    [Fact]
    public void Shape_hints_and_requirements_reach_a_consumer()
    {
        var source = Packages.Program("Learn.cs").Replace("[Network]", "[Network, Require(\"m < n\")]", StringComparison.Ordinal)
            .Replace("new Recovery(Measurements, Atoms)", "new Recovery(Atoms, Measurements)", StringComparison.Ordinal);
        var folder = packages.Project(source, "Proxima");
        File.WriteAllText(Path.Combine(folder, ".editorconfig"), "root = true\n[*.cs]\nproxima_shape_hints = true\ndotnet_diagnostic.PRX0190.severity = warning\n");
        var hinted = Commands.Dotnet(folder, "build", "-o", "out", "--disable-build-servers", "-p:TreatWarningsAsErrors=false");
        Assert.Contains(hinted.Lines, line => line.Contains("warning PRX0190: c is [b n]", StringComparison.Ordinal));
        var refused = Commands.Run(folder, "dotnet", "out/app.dll");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Recovery requires m < n; m is 40, n is 20.", refused.Output);
    }

    [LinuxFact]
    public void Torch_loads_on_this_system_by_the_package_alone()
    {
        var folder = packages.Project(Packages.Program("Share.cs"), "Proxima.Torch", $"libtorch-cpu-linux-x64/{Packages.Metadata("LibTorchVersion")}");
        Commands.Dotnet(folder, "build", "-c", "Release", "-o", "out", "--disable-build-servers");
        Assert.Equal(["2 4 6"], Commands.Dotnet(folder, "out/app.dll").Lines);
    }

    private static Dictionary<string, double> Run(string folder, string output)
    {
        var program = Path.Combine(folder, output, OperatingSystem.IsWindows() ? "app.exe" : "app");
        var outcome = Commands.Run(folder, program);
        Assert.True(outcome.ExitCode == 0, outcome.Output);
        return outcome.Lines.Select(line => line.Split(' ')).ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static void CheckLearning(Dictionary<string, double> printed)
    {
        Assert.InRange(printed["after"], 0, printed["before"] / 2);
        Assert.NotEqual(0, printed["reference"]);
        Assert.Equal(printed["reference"], printed["compiled"], printed["reference"] * 1e-4);
    }
}

/// <summary>A test of native code, which takes a linker.</summary>
public sealed class LinkerFactAttribute : FactAttribute
{
    private static readonly string? Driver = new[] { "clang", "gcc" }.FirstOrDefault(Commands.Exists);

    public LinkerFactAttribute()
    {
        if (OperatingSystem.IsLinux() && Driver is null)
            Skip = "neither clang nor gcc is installed, so nothing can link native code";
    }

    /// <summary>The build asks for clang unless told otherwise.</summary>
    internal static string[] Properties => OperatingSystem.IsLinux() ? [$"-p:CppCompilerAndLinker={Driver}"] : [];
}

/// <summary>A test of a native library that comes for Linux only.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
            Skip = "needs libtorch-cpu-linux-x64";
    }
}
