using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Proxima.Generator.Analyzers;
using Proxima.Tests.Infrastructure;
using Xunit.Sdk;
using static Proxima.Tests.DiagnosticsCorpus;

namespace Proxima.Tests;

/// <summary>Half-typed code: whatever tokens are missing or doubled, neither the analyzer nor the generator throws.</summary>
public class DiagnosticsMutilationTests
{
    /// <summary>Edits per file of the corpus, so that there are about a thousand in all.</summary>
    private static int Edits => Math.Max(2, 1100 / MustPass.Length);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void NothingThrows(int seed) => Parallel.ForEach(MustPass, file =>
    {
        var random = new Random(HashCode(file.Name) + seed);
        var tokens = CSharpSyntaxTree.ParseText(file.Source).GetRoot().DescendantTokens().ToArray();
        var original = GeneratorHarness.Compile(file.Source);
        var tree = original.SyntaxTrees.Single(t => t.FilePath == "File0.cs");
        for (var edit = 0; edit < Edits / 2; edit++)
        {
            var source = Mutilate(file.Source, tokens, random);
            var compilation = original.ReplaceSyntaxTree(tree, GeneratorHarness.Parse(source, tree.FilePath));
            var driver = GeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
            var exception = driver.GetRunResult().Results[0].Exception?.ToString()
                ?? AnalyzeOnly(output).FirstOrDefault(d => d.Id == "AD0001")?.ToString();
            if (exception is not null) throw new XunitException($"{file.Name}, seed {seed}, edit {edit}:\n{source}\n{exception}");
        }
    });

    /// <summary>Deletes a few tokens, doubles one, or puts one where it does not belong.</summary>
    private static string Mutilate(string source, SyntaxToken[] tokens, Random random)
    {
        var from = random.Next(tokens.Length - 1);
        var token = tokens[from];
        switch (random.Next(4))
        {
            case 0:
                return source.Insert(token.Span.End, " " + token.Text);
            case 1:
                return source.Insert(token.Span.End, " " + tokens[random.Next(tokens.Length)].Text + " ");
            default:
                var last = tokens[Math.Min(tokens.Length - 1, from + random.Next(3))];
                return source.Remove(token.SpanStart, last.Span.End - token.SpanStart);
        }
    }

    /// <summary>The same in every run, as string's own is not.</summary>
    private static int HashCode(string text) => text.Aggregate(17, (hash, c) => unchecked(hash * 31 + c));
}
