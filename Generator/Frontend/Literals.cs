using System.Globalization;
using Microsoft.CodeAnalysis;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>Constants as Surface literals, the same on every machine, culture and runtime that hosts the compiler.</summary>
internal static class Literals
{
    /// <summary>The literal of a constant, or null where Surface has none (char, decimal).</summary>
    public static Surface? Of(object? value, ITypeSymbol? type, Origin origin)
    {
        if (value is not null && type is { TypeKind: TypeKind.Enum }) return Surface.Of("string", EnumName(value, type), origin);
        return value switch
        {
            null => Surface.Of("null", "", origin),
            bool b => Surface.Of("bool", b ? "true" : "false", origin),
            string s => Surface.Of("string", s, origin),
            float f => Surface.Of("float", Double(f), origin),
            double d => Surface.Of("float", Double(d), origin),
            sbyte or byte or short or ushort or int or uint or long or ulong =>
                Surface.Of("int", Convert.ToString(value, CultureInfo.InvariantCulture), origin),
            _ => null,
        };
    }

    /// <summary>The name of the enum member with a value; its number where there is none.</summary>
    public static string EnumName(object value, ITypeSymbol type)
    {
        foreach (var member in type.GetMembers())
            if (member is IFieldSymbol { HasConstantValue: true } field && Equals(field.ConstantValue, value)) return field.Name;
        return Convert.ToString(value, CultureInfo.InvariantCulture);
    }

    /// <summary>The shortest text that reads back as the same number. "R" differs between runtimes, the G formats do not.</summary>
    public static string Double(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "Infinity" : "-Infinity";
        if (value == 0) return double.IsNegativeInfinity(1 / value) ? "-0" : "0";
        foreach (var format in s_doubleFormats)
        {
            var text = value.ToString(format, CultureInfo.InvariantCulture);
            if (double.Parse(text, CultureInfo.InvariantCulture) == value) return text;
        }
        return value.ToString("G17", CultureInfo.InvariantCulture);
    }

    /// <summary>A constant as C# source of its own type.</summary>
    public static string CSharp(object value) => value switch
    {
        bool b => b ? "true" : "false",
        float f when float.IsNaN(f) => "float.NaN",
        float f when float.IsInfinity(f) => f > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity",
        float f => Single(f) + "f",
        double d when double.IsNaN(d) => "double.NaN",
        double d when double.IsInfinity(d) => d > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
        double d => Double(d) is var text && text.IndexOfAny(['.', 'E', 'e']) < 0 ? text + ".0" : Double(d),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string Single(float value)
    {
        foreach (var format in s_singleFormats)
        {
            var text = value.ToString(format, CultureInfo.InvariantCulture);
            if (float.Parse(text, CultureInfo.InvariantCulture) == value) return text;
        }
        return value.ToString("G9", CultureInfo.InvariantCulture);
    }

    private static readonly string[] s_doubleFormats = ["G6", "G10", "G15", "G16"];
    private static readonly string[] s_singleFormats = ["G6", "G7", "G8"];
}
