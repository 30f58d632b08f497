using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace Proxima.Tests.Infrastructure;

/// <summary>
/// Compares text with a reviewed file beside the test, by the conventions of Verify: <c>Class.Method.verified.txt</c> is committed, a mismatch leaves
/// <c>.received.txt</c>. Where Verify.Xunit restores, <see cref="Verify"/> is one line: <c>Verifier.Verify(text, sourceFile: file).GetAwaiter().GetResult()</c>.
/// </summary>
public static class Snapshot
{
    /// <summary>Fails unless the text equals the verified file; line ends do not matter.</summary>
    public static void Verify(string text, [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        var stem = Path.Combine(Path.GetDirectoryName(file)!, $"{Path.GetFileNameWithoutExtension(file)}.{method}");
        var (verified, received) = (stem + ".verified.txt", stem + ".received.txt");
        text = Normalize(text);
        var expected = File.Exists(verified) ? Normalize(File.ReadAllText(verified)) : null;
        if (text == expected)
        {
            File.Delete(received);
            return;
        }
        File.WriteAllText(received, text);
        if (expected is null) throw new XunitException($"There is no {verified} yet. Review {received} and rename it.\n\n{text}");
        var (old, now) = (expected.Split('\n'), text.Split('\n'));
        var line = Enumerable.Range(0, Math.Min(old.Length, now.Length)).FirstOrDefault(i => old[i] != now[i], Math.Min(old.Length, now.Length));
        throw new XunitException($"{verified} differs from line {line + 1} on.\n  verified: {old.ElementAtOrDefault(line)}\n  received: {now.ElementAtOrDefault(line)}");
    }

    private static string Normalize(string text) => text.Replace("\r\n", "\n").TrimEnd('\n') + "\n";
}
