using System.Collections;
using System.Diagnostics;
using System.Text;
using Xunit.Sdk;

namespace Proxima.Tests;

/// <summary>What a process printed and how it ended.</summary>
internal sealed record Outcome(int ExitCode, string Output)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Runs other programs, chiefly the .NET command line.</summary>
internal static class Commands
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs <c>dotnet</c> and fails the test with its output unless it succeeds.</summary>
    public static Outcome Dotnet(string folder, params string[] arguments)
    {
        var outcome = Run(folder, "dotnet", arguments);
        return outcome.ExitCode == 0
            ? outcome
            : throw new XunitException($"dotnet {string.Join(' ', arguments)} ended with {outcome.ExitCode}:\n{outcome.Output}");
    }

    /// <summary>Runs a program to its end; output and errors come back as one text.</summary>
    public static Outcome Run(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // A test host passes on where its own MSBuild lies, which a build in another process must find for itself.
        foreach (var inherited in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => (string)entry.Key))
            if (inherited.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase))
                start.Environment.Remove(inherited);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        var output = new StringBuilder();
        void Keep(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null) return;
            lock (output) output.AppendLine(line.Data);
        }
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            throw new XunitException($"{program} {string.Join(' ', arguments)} took longer than {Patience}:\n{output}");
        }
        process.WaitForExit(); // until the last line has been read
        return new Outcome(process.ExitCode, output.ToString());
    }

    /// <summary>Whether a program can be found on the path.</summary>
    public static bool Exists(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
