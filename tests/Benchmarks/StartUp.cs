using System.Diagnostics;

namespace Proxima.Benchmarks;

/// <summary>From the start of a process to the first result of a network in it: compiled to native code, run by the runtime, and beside TorchSharp.</summary>
internal static class StartUp
{
    private const int Starts = 21;
    private const double Goal = 60;

    public const string Heading = "Start-up";

    public const string Introduction = """
        A program that makes an unrolled LISTA of four layers (20 measurements, 40 atoms), runs it once and prints a number of its result; the same in TorchSharp; and a program that prints
        a number and does nothing else. Milliseconds from the start of the process to the line, as the parent sees them; medians of interleaved starts, with files that the system has read before.
        `dotnet run --project tests/Benchmarks -c Release -- startup --save` publishes the programs and writes this section.
        """;

    private const string Declaration = """
        [Proxima.Network]
        public partial class Recovery(int m, int n, int layers = 4)
        {
            [Proxima.Parameter("m n")] public partial Proxima.Tensor Encoder { get; }
            [Proxima.Parameter("n n")] public partial Proxima.Tensor Inhibition { get; }
            [Proxima.Parameter("layers", Init = 0.1)] public partial Proxima.Tensor Threshold { get; }

            [return: Proxima.Shape("b n")]
            public virtual Proxima.Tensor Forward([Proxima.Shape("b m")] Proxima.Tensor y)
            {
                var c = MatMul(y, Encoder);
                var x = SoftThreshold(c, Threshold[0]);
                for (var k = 1; k < layers; k++) x = SoftThreshold(c + MatMul(x, Inhibition), Threshold[k]);
                return x;
            }
        }
        """;

    private const string Nothing = "System.Console.WriteLine(1f);";

    private const string Ours = """
        using static Proxima.Ops;
        System.Console.WriteLine(new Recovery.Cpu(20, 40).Forward(Proxima.Tensor.Ones(1, 20)).AsSpan<float>()[0]);

        """ + Declaration;

    /// <summary>The same in TorchSharp, as a process of this program.</summary>
    public const string TorchArgument = "--startup-torch";

    public static void RunTorch()
    {
        using var _ = TorchSharp.torch.no_grad();
        var (encoder, inhibition) = (TorchSharp.torch.randn(20, 40), TorchSharp.torch.randn(40, 40));
        var c = TorchSharp.torch.matmul(TorchSharp.torch.ones(1, 20), encoder);
        var x = TorchSharp.torch.nn.functional.softshrink(c, 0.1);
        for (var k = 1; k < 4; k++) x = TorchSharp.torch.nn.functional.softshrink(c + TorchSharp.torch.matmul(x, inhibition), 0.1);
        Console.WriteLine(x[0, 0].item<float>());
    }

    /// <summary>Prints the table. Whether the goal was met.</summary>
    public static bool Run(Report report)
    {
        var folder = Directory.CreateTempSubdirectory("proxima-startup-").FullName;
        try
        {
            (string Name, string File, string[] Arguments)[] programs =
            [
                ("Proxima, native", Publish(folder, "OursNative", Ours, isNative: true), []),
                ("Proxima, .NET", Publish(folder, "Ours", Ours, isNative: false), []),
                ("TorchSharp, .NET", "dotnet", [typeof(StartUp).Assembly.Location, TorchArgument]),
                ("nothing, native", Publish(folder, "NothingNative", Nothing, isNative: true), []),
                ("nothing, .NET", Publish(folder, "Nothing", Nothing, isNative: false), []),
            ];
            var times = programs.Select(_ => new List<double>()).ToList();
            for (var start = -2; start < Starts; start++)
                for (var i = 0; i < programs.Length; i++)
                    if (Start(programs[i].File, programs[i].Arguments) is var time && start >= 0) times[i].Add(time);
            var medians = times.ConvertAll(samples => samples.Order().ElementAt(samples.Count / 2));
            report.Table([["", "first result", "size of the program"],
                .. programs.Select((program, i) => new[] { program.Name, medians[i].ToString("0 ms"), program.Name.EndsWith("native", StringComparison.Ordinal) ? (new FileInfo(program.File).Length / 1048576.0).ToString("0.0 MB") : "" })]);
            return medians[0] <= Goal;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Start(string file, string[] arguments)
    {
        using var process = new Process { StartInfo = new(file, arguments) { RedirectStandardOutput = true } };
        var start = Stopwatch.GetTimestamp();
        process.Start();
        var line = process.StandardOutput.ReadLine();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        process.WaitForExit();
        return process.ExitCode == 0 && line is not null ? elapsed : throw new InvalidOperationException($"{file} ended with {process.ExitCode} and printed '{line}'.");
    }

    private static string Publish(string folder, string name, string source, bool isNative)
    {
        var project = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var binaries = AppContext.BaseDirectory;
        File.WriteAllText(Path.Combine(project, "Program.cs"), source);
        File.WriteAllText(Path.Combine(project, name + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
                <InvariantGlobalization>true</InvariantGlobalization>
                <PublishAot>{isNative}</PublishAot>
                <IlcInstructionSet>native</IlcInstructionSet>
                <!-- The build asks for clang; gcc links as well. -->
                <CppCompilerAndLinker Condition="!$([MSBuild]::IsOSPlatform('Windows')) And !Exists('/usr/bin/clang')">gcc</CppCompilerAndLinker>
                <NoWarn>$(NoWarn);NU1603</NoWarn>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{Path.Combine(binaries, "Proxima.Dsl.dll")}" />
                <Reference Include="{Path.Combine(binaries, "Proxima.Runtime.dll")}" />
                <Analyzer Include="{Path.Combine(binaries, "Proxima.Generator.dll")}" />
              </ItemGroup>
            </Project>
            """);
        var info = new ProcessStartInfo("dotnet", ["publish", "-c", "Release", "--use-current-runtime", "--self-contained", isNative ? "true" : "false", "-o", "out", "--nologo", "-v", "quiet"])
        {
            WorkingDirectory = project,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? Path.Combine(project, "out", name) : throw new InvalidOperationException($"{name} was not published:\n{output}");
    }
}
