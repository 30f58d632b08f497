using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Proxima.Generator.Analyzers;

/// <summary>Every diagnostic of the compiler: PRX00xx speak of the declaration, PRX01xx of shapes and types. Each has a page under docs/diagnostics.</summary>
internal static class Diagnostics
{
    private const string Category = "Proxima";
    private const string HelpBase = "docs/diagnostics/";

    public static readonly DiagnosticDescriptor Prx0001 = new(
        "PRX0001", "Network class cannot be generated", "'{0}' must {1}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0001.md");

    public static readonly DiagnosticDescriptor Prx0002 = new(
        "PRX0002", "Compiled method must be virtual", "'{0}' must be virtual: the compiled targets override it", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0002.md");

    public static readonly DiagnosticDescriptor Prx0003 = new(
        "PRX0003", "Parameter must be a partial property", "'{0}' must be 'partial Tensor {0} {{ get; }}': the compiler supplies its storage", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0003.md");

    public static readonly DiagnosticDescriptor Prx0004 = new(
        "PRX0004", "Shape is missing", "The {0} has no [Shape]; a compiled method declares the shape of every tensor", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0004.md");

    public static readonly DiagnosticDescriptor Prx0005 = new(
        "PRX0005", "Statement outside the language", "{0} is not part of the language: {1}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0005.md");

    public static readonly DiagnosticDescriptor Prx0006 = new(
        "PRX0006", "Expression outside the language", "{0} is not part of the language: {1}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0006.md");

    public static readonly DiagnosticDescriptor Prx0007 = new(
        "PRX0007", "Call of a method that is not compiled", "'{0}' is not compiled: {1}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0007.md");

    public static readonly DiagnosticDescriptor Prx0008 = new(
        "PRX0008", "Constructor parameter of another type", "'{0}' is {1}; the constructor of a network takes int, float, double and bool", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0008.md");

    public static readonly DiagnosticDescriptor Prx0009 = new(
        "PRX0009", "Generic network or method", "'{0}' is generic; networks and compiled methods are not", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0009.md");

    public static readonly DiagnosticDescriptor Prx0010 = new(
        "PRX0010", "Method of a transform is not well-formed", "'{0}' {1}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0010.md");

    public static readonly DiagnosticDescriptor Prx0011 = new(
        "PRX0011", "Network with a base class", "'{0}' derives from '{1}'; a network derives from nothing and holds other networks as fields", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0011.md");

    public static readonly DiagnosticDescriptor Prx0012 = new(
        "PRX0012", "Children of an array must be alike", "The children '{1}' must not depend on the index '{0}'; write them as [new(..), new(..)] where they differ", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0012.md");

    public static readonly DiagnosticDescriptor Prx0013 = new(
        "PRX0013", "Body nests too deeply", "The body nests too deeply; give parts of it names of their own", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0013.md");

    public static readonly DiagnosticDescriptor Prx0014 = new(
        "PRX0014", "Network without a primary constructor", "'{0}' needs a primary constructor: class {0}(int n); children and parameters are made from its parameters", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0014.md");

    public static readonly DiagnosticDescriptor Prx0015 = new(
        "PRX0015", "Overloaded compiled method", "'{0}' is declared more than once; a compiled method has one signature", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0015.md");

    public static readonly DiagnosticDescriptor Prx0101 = new(
        "PRX0101", "Unknown dimension name", "'{0}' is not {1}{2}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0101.md");

    public static readonly DiagnosticDescriptor Prx0102 = new(
        "PRX0102", "Inner dims of MatMul differ", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0102.md");

    public static readonly DiagnosticDescriptor Prx0103 = new(
        "PRX0103", "Argument shape differs", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0103.md");

    public static readonly DiagnosticDescriptor Prx0104 = new(
        "PRX0104", "Shapes do not broadcast", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0104.md");

    public static readonly DiagnosticDescriptor Prx0105 = new(
        "PRX0105", "Loop changes the type of what it carries", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0105.md");

    public static readonly DiagnosticDescriptor Prx0106 = new(
        "PRX0106", "Result shape differs", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0106.md");

    public static readonly DiagnosticDescriptor Prx0107 = new(
        "PRX0107", "Recursion", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0107.md");

    public static readonly DiagnosticDescriptor Prx0108 = new(
        "PRX0108", "Too many variants", "'{0}' has more than {1} variants: every 'if' on sizes that the build cannot decide doubles them; compute with Where, or split the method", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0108.md");

    public static readonly DiagnosticDescriptor Prx0109 = new(
        "PRX0109", "Axis out of range", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0109.md");

    public static readonly DiagnosticDescriptor Prx0110 = new(
        "PRX0110", "Element count differs", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0110.md");

    public static readonly DiagnosticDescriptor Prx0111 = new(
        "PRX0111", "Element type differs", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0111.md");

    public static readonly DiagnosticDescriptor Prx0112 = new(
        "PRX0112", "Shapes cannot be put together", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0112.md");

    public static readonly DiagnosticDescriptor Prx0113 = new(
        "PRX0113", "Index out of range", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0113.md");

    public static readonly DiagnosticDescriptor Prx0114 = new(
        "PRX0114", "Value of another kind", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0114.md");

    public static readonly DiagnosticDescriptor Prx0115 = new(
        "PRX0115", "Map outside the language", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0115.md");

    public static readonly DiagnosticDescriptor Prx0116 = new(
        "PRX0116", "Declaration not found", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0116.md");

    public static readonly DiagnosticDescriptor Prx0117 = new(
        "PRX0117", "Malformed shape", "'{0}' {1}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0117.md");

    public static readonly DiagnosticDescriptor Prx0118 = new(
        "PRX0118", "Size too large", "'{0}' does not fit in 64 bits", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0118.md");

    public static readonly DiagnosticDescriptor Prx0119 = new(
        "PRX0119", "Gradient of an unknown parameter", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0119.md");

    public static readonly DiagnosticDescriptor Prx0120 = new(
        "PRX0120", "Transform of an unknown method", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0120.md");

    public static readonly DiagnosticDescriptor Prx0121 = new(
        "PRX0121", "Method cannot be transformed", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0121.md");

    public static readonly DiagnosticDescriptor Prx0122 = new(
        "PRX0122", "Transform by an unknown argument", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0122.md");

    public static readonly DiagnosticDescriptor Prx0123 = new(
        "PRX0123", "Signature differs from what the transform gives", "{0}", Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0123.md");

    /// <summary>All of them, by ascending number.</summary>
    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        Prx0001, Prx0002, Prx0003, Prx0004, Prx0005, Prx0006, Prx0007, Prx0008, Prx0009, Prx0010,
        Prx0011, Prx0012, Prx0013, Prx0014, Prx0015, Prx0101, Prx0102, Prx0103, Prx0104, Prx0105,
        Prx0106, Prx0107, Prx0108, Prx0109, Prx0110, Prx0111, Prx0112, Prx0113, Prx0114, Prx0115,
        Prx0116, Prx0117, Prx0118, Prx0119, Prx0120, Prx0121, Prx0122, Prx0123,
    ];

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> s_all = All.ToImmutableDictionary(d => d.Id);

    /// <summary>The descriptor of a finding.</summary>
    public static DiagnosticDescriptor Of(string id) => s_all[id];
}
