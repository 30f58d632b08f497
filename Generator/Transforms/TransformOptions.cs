using System.Globalization;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>The named arguments of a transform's attribute, with the defaults that the attribute declares.</summary>
internal sealed class TransformOptions(TransformDeclaration declaration)
{
    private string? Find(string name) => declaration.Option(name) is { Length: > 0 } text ? text : null;

    public string Text(string name, string otherwise) => Find(name) ?? otherwise;

    public int Int(string name, int otherwise) =>
        Find(name) is { } text && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    public double Number(string name, double otherwise) => Find(name) switch
    {
        null => otherwise,
        // .NET Framework reads neither.
        "Infinity" => double.PositiveInfinity,
        "NaN" => double.NaN,
        var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : otherwise,
    };

    public bool Flag(string name) => Find(name) == "true";

    public T Enum<T>(string name) where T : struct => Find(name) is { } text && System.Enum.TryParse<T>(text, out var value) ? value : default;
}
