using System.Globalization;
using System.Text;

namespace Proxima.Generator.Targets;

/// <summary>Writes indented source: lines, blocks that close themselves, documentation comments. Always LF, always invariant.</summary>
/// <param name="cancellation">Every line looks at it.</param>
internal sealed class CodeWriter(CancellationToken cancellation = default)
{
    private readonly StringBuilder _text = new();
    private int _indent;
    private bool _needsBlank;

    /// <summary>An empty line, unless the block just opened or the last line is empty already.</summary>
    public CodeWriter Blank()
    {
        _needsBlank = _text.Length > 0 && !EndsWith("{\n") && !EndsWith("\n\n");
        return this;
    }

    /// <summary>A line, or several where the text has line ends; each is indented.</summary>
    public CodeWriter Line(string text)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (var line in text.Split('\n'))
        {
            if (_needsBlank) _text.Append('\n');
            _needsBlank = false;
            if (line.Length > 0) _text.Append(' ', 4 * _indent).Append(line);
            _text.Append('\n');
        }
        return this;
    }

    /// <inheritdoc cref="Line(string)"/>
    public CodeWriter Line(FormattableString text) => Line(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Opens a block under a header; disposing the result closes it.</summary>
    public Scope Block(string header = "", string close = "}")
    {
        if (header.Length > 0) Line(header);
        Line("{");
        _indent++;
        return new Scope(this, close);
    }

    /// <summary>Lines one level deeper, without braces.</summary>
    public Scope Indent()
    {
        _indent++;
        return new Scope(this, null);
    }

    /// <summary>A <c>summary</c> comment. The text is XML: names that may hold &lt; or &amp; go through <see cref="Xml"/>.</summary>
    public CodeWriter Summary(string text) => Line($"/// <summary>{text}</summary>");

    /// <summary>Any documentation element, one comment line for each line of the text.</summary>
    public CodeWriter Doc(string text)
    {
        foreach (var line in text.Split('\n')) Line(line.Length > 0 ? "/// " + line : "///");
        return this;
    }

    /// <summary>Text with the characters that XML reserves replaced.</summary>
    public static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    public override string ToString() => _text.ToString();

    private bool EndsWith(string end)
    {
        if (_text.Length < end.Length) return false;
        for (var i = 0; i < end.Length; i++)
            if (_text[_text.Length - end.Length + i] != end[i]) return false;
        return true;
    }

    private void Close(string? close)
    {
        _indent--;
        _needsBlank = false;
        if (close is not null) Line(close);
    }

    /// <summary>Closes its block when disposed.</summary>
    public readonly struct Scope(CodeWriter writer, string? close) : IDisposable
    {
        public void Dispose() => writer.Close(close);
    }
}
