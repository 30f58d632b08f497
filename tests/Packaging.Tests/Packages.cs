using System.Reflection;
using System.Text;
using Xunit;

namespace Proxima.Tests;

/// <summary>The packages of the solution as built, in a feed of their own, and fresh projects that know nothing but that feed.</summary>
public sealed class Packages : IDisposable
{
    private static readonly string Root = Metadata("RepositoryRoot");

    // The machine's package cache keeps what it once saw under a version, so each run packs another one.
    private static readonly string Version = $"0.1.0-test.{DateTime.UtcNow:yyyyMMddHHmmssfff}";

    private readonly string _folder = Directory.CreateTempSubdirectory("proxima-packages-").FullName;

    public Packages() =>
        Commands.Dotnet(Root, "pack", "Compiler.sln", "--no-build", "-c", Metadata("Configuration"), "-o", Feed, $"-p:PackageVersion={Version}", "-warnaserror");

    /// <summary>Where the packages lie.</summary>
    public string Feed => Path.Combine(_folder, "feed");

    /// <summary>The package with an id, as a file.</summary>
    public string this[string id] => Path.Combine(Feed, $"{id}.{Version}.nupkg");

    internal static string Metadata(string key) =>
        typeof(Packages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == key).Value!;

    /// <summary>The source of a program in the folder Consumer.</summary>
    internal static string Program(string name)
    {
        using var reader = new StreamReader(typeof(Packages).Assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>A folder with a console project that references packages of the feed (or of elsewhere, with a version: <c>id/1.2.3</c>) and has one source file.</summary>
    internal string Project(string source, params string[] packages)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"app{Directory.GetDirectories(_folder).Length}")).FullName;
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{Feed}" />
              </packageSources>
            </configuration>
            """);
        var references = packages.Select(package => package.Split('/') is [var id, var version] ? (id, version) : (package, Version));
        File.WriteAllText(Path.Combine(folder, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <!-- A partial mirror may lack the exact lower bound of a transitive dependency. -->
                <NoWarn>$(NoWarn);NU1603</NoWarn>
                <NuGetAudit>false</NuGetAudit>
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", references.Select(reference => $"""<PackageReference Include="{reference.Item1}" Version="{reference.Item2}" />"""))}
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), source);
        return folder;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        const string Label = "global-packages: ";
        var line = Commands.Dotnet(Root, "nuget", "locals", "global-packages", "--list").Lines.Single(line => line.StartsWith(Label, StringComparison.Ordinal));
        foreach (var id in Directory.GetDirectories(line[Label.Length..], "proxima*"))
            if (Directory.Exists(Path.Combine(id, Version)))
                Directory.Delete(Path.Combine(id, Version), recursive: true);
    }
}
