using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Proxima.Generator.Analyzers;

/// <summary>
/// Every diagnostic of the compiler: PRX00xx speak of the declaration, PRX01xx of shapes and types. The category is the family, by which a user can
/// configure several at once. Each has a page under docs/diagnostics.
/// </summary>
internal static class Diagnostics
{
    private const string Declaration = "Proxima.Declaration";
    private const string Language = "Proxima.Language";
    private const string Shapes = "Proxima.Shapes";
    private const string Types = "Proxima.Types";
    private const string Children = "Proxima.Children";
    private const string Transforms = "Proxima.Transforms";
    private const string Targets = "Proxima.Targets";
    private const string Performance = "Proxima.Performance";
    private const string HelpBase = "docs/diagnostics/";

    public static readonly DiagnosticDescriptor Prx0001 = new(
        "PRX0001", "Network class cannot be generated", "'{0}' must {1}", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0001.md");

    public static readonly DiagnosticDescriptor Prx0002 = new(
        "PRX0002", "Compiled method must be virtual", "'{0}' must be virtual: the compiled targets override it", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0002.md");

    public static readonly DiagnosticDescriptor Prx0003 = new(
        "PRX0003", "Parameter must be a partial property", "'{0}' must be 'partial Tensor {0} {{ get; }}': the compiler supplies its storage", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0003.md");

    public static readonly DiagnosticDescriptor Prx0004 = new(
        "PRX0004", "Shape is missing", "The {0} has no [Shape]; a compiled method declares the shape of every tensor", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0004.md");

    public static readonly DiagnosticDescriptor Prx0005 = new(
        "PRX0005", "Statement outside the language", "{0} is not part of the language: {1}", Language, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0005.md");

    public static readonly DiagnosticDescriptor Prx0006 = new(
        "PRX0006", "Expression outside the language", "{0} is not part of the language: {1}", Language, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0006.md");

    public static readonly DiagnosticDescriptor Prx0007 = new(
        "PRX0007", "Call of a method that is not compiled", "'{0}' is not compiled: {1}", Language, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0007.md");

    public static readonly DiagnosticDescriptor Prx0008 = new(
        "PRX0008", "Constructor parameter of another type", "'{0}' is {1}; the constructor of a network takes int, float, double and bool", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0008.md");

    public static readonly DiagnosticDescriptor Prx0009 = new(
        "PRX0009", "Generic network or method", "'{0}' is generic; networks and compiled methods are not", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0009.md");

    public static readonly DiagnosticDescriptor Prx0010 = new(
        "PRX0010", "Method of a transform is not well-formed", "'{0}' {1}", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0010.md");

    public static readonly DiagnosticDescriptor Prx0011 = new(
        "PRX0011", "Network with a base class", "'{0}' derives from '{1}'; a network derives from nothing and holds other networks as fields", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0011.md");

    public static readonly DiagnosticDescriptor Prx0012 = new(
        "PRX0012", "Children of an array must be alike", "The children '{1}' must not depend on the index '{0}'; write them as [new(..), new(..)] where they differ", Children, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0012.md");

    public static readonly DiagnosticDescriptor Prx0013 = new(
        "PRX0013", "Body nests too deeply", "The body nests too deeply; give parts of it names of their own", Language, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0013.md");

    public static readonly DiagnosticDescriptor Prx0014 = new(
        "PRX0014", "Network without a primary constructor", "'{0}' needs a primary constructor: class {0}(int n); children and parameters are made from its parameters", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0014.md");

    public static readonly DiagnosticDescriptor Prx0015 = new(
        "PRX0015", "Overloaded compiled method", "'{0}' is declared more than once; a compiled method has one signature", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0015.md");

    public static readonly DiagnosticDescriptor Prx0016 = new(
        "PRX0016", "Network attribute is missing", "'{0}' is {1}, and '{2}' is no network: mark the class [Network]", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0016.md");

    public static readonly DiagnosticDescriptor Prx0017 = new(
        "PRX0017", "Shape of something that is no tensor", "'{0}' is {1}; [Shape] belongs to tensors", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0017.md");

    public static readonly DiagnosticDescriptor Prx0018 = new(
        "PRX0018", "Argument that cannot be compiled", "'{0}' is {1}; a compiled method takes Tensor, Graph, int, float, double and bool, by value", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0018.md");

    public static readonly DiagnosticDescriptor Prx0019 = new(
        "PRX0019", "Tensor function is not well-formed", "'{0}' is a [TensorFunction]: it {1}", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0019.md");

    public static readonly DiagnosticDescriptor Prx0020 = new(
        "PRX0020", "Name that the generator needs", "'{0}' cannot be the name of this: {1}", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0020.md");

    public static readonly DiagnosticDescriptor Prx0021 = new(
        "PRX0021", "Initialiser does not fit", "'{0}' cannot start like this: {1}", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0021.md");

    public static readonly DiagnosticDescriptor Prx0022 = new(
        "PRX0022", "Constraint is none", "'{0}' is no constraint: it {1}", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0022.md");

    public static readonly DiagnosticDescriptor Prx0023 = new(
        "PRX0023", "Method with two transforms", "'{0}' is derived twice; give each transform a method of its own", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0023.md");

    public static readonly DiagnosticDescriptor Prx0024 = new(
        "PRX0024", "Child can be replaced", "The child '{0}' must be readonly: compiled code inlines what is created where it is declared", Children, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0024.md");

    public static readonly DiagnosticDescriptor Prx0025 = new(
        "PRX0025", "Method without a body or a transform", "'{0}' has no body, and no attribute such as [Gradient] that derives one", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0025.md");

    public static readonly DiagnosticDescriptor Prx0026 = new(
        "PRX0026", "Method with shapes is not compiled", "'{0}' declares shapes and is not compiled: {1}", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0026.md");

    public static readonly DiagnosticDescriptor Prx0027 = new(
        "PRX0027", "Shape of a derived method is not read", "'{0}' is declared [{1}] here and [{2}] in {3}; a derived method takes the shapes of its source", Transforms, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0027.md");

    public static readonly DiagnosticDescriptor Prx0030 = new(
        "PRX0030", "Tensors compared as objects", "'{0}' asks whether two tensors are the same object; {1} compares their elements", Language, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0030.md");

    public static readonly DiagnosticDescriptor Prx0031 = new(
        "PRX0031", "Value is not used", "The value of {0} is not used, and a tensor never changes in place: assign it", Language, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0031.md");

    public static readonly DiagnosticDescriptor Prx0040 = new(
        "PRX0040", "Graph without its numbers", "'{0}' is declared [{1}]; a graph is declared by its numbers of nodes and edges, as [Shape(\"n e\")], then those of relations, of graphs and of pairs, where they have names", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0040.md");

    public static readonly DiagnosticDescriptor Prx0101 = new(
        "PRX0101", "Unknown dimension name", "'{0}' is not {1}{2}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0101.md");

    public static readonly DiagnosticDescriptor Prx0102 = new(
        "PRX0102", "Inner dims of MatMul differ", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0102.md");

    public static readonly DiagnosticDescriptor Prx0103 = new(
        "PRX0103", "Argument shape differs", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0103.md");

    public static readonly DiagnosticDescriptor Prx0104 = new(
        "PRX0104", "Shapes do not broadcast", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0104.md");

    public static readonly DiagnosticDescriptor Prx0105 = new(
        "PRX0105", "Loop changes the type of what it carries", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0105.md");

    public static readonly DiagnosticDescriptor Prx0106 = new(
        "PRX0106", "Result shape differs", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0106.md");

    public static readonly DiagnosticDescriptor Prx0107 = new(
        "PRX0107", "Recursion", "{0}", Language, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0107.md");

    public static readonly DiagnosticDescriptor Prx0108 = new(
        "PRX0108", "Too many variants", "'{0}' has more than {1} variants: every 'if' on sizes that the build cannot decide doubles them; compute with Where, or split the method", Language, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0108.md");

    public static readonly DiagnosticDescriptor Prx0109 = new(
        "PRX0109", "Axis out of range", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0109.md");

    public static readonly DiagnosticDescriptor Prx0110 = new(
        "PRX0110", "Element count differs", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0110.md");

    public static readonly DiagnosticDescriptor Prx0111 = new(
        "PRX0111", "Element type differs", "{0}", Types, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0111.md");

    public static readonly DiagnosticDescriptor Prx0112 = new(
        "PRX0112", "Shapes cannot be put together", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0112.md");

    public static readonly DiagnosticDescriptor Prx0113 = new(
        "PRX0113", "Index out of range", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0113.md");

    public static readonly DiagnosticDescriptor Prx0114 = new(
        "PRX0114", "Value of another kind", "{0}", Language, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0114.md");

    public static readonly DiagnosticDescriptor Prx0115 = new(
        "PRX0115", "Map outside the language", "{0}", Language, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0115.md");

    public static readonly DiagnosticDescriptor Prx0116 = new(
        "PRX0116", "Declaration not found", "{0}", Declaration, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0116.md");

    public static readonly DiagnosticDescriptor Prx0117 = new(
        "PRX0117", "Malformed shape", "'{0}' {1}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0117.md");

    public static readonly DiagnosticDescriptor Prx0118 = new(
        "PRX0118", "Size too large", "'{0}' does not fit in 64 bits", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0118.md");

    public static readonly DiagnosticDescriptor Prx0119 = new(
        "PRX0119", "Gradient of an unknown parameter", "{0}", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0119.md");

    public static readonly DiagnosticDescriptor Prx0120 = new(
        "PRX0120", "Transform of an unknown method", "{0}", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0120.md");

    public static readonly DiagnosticDescriptor Prx0121 = new(
        "PRX0121", "Method cannot be transformed", "{0}", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0121.md");

    public static readonly DiagnosticDescriptor Prx0122 = new(
        "PRX0122", "Transform by an unknown argument", "{0}", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0122.md");

    public static readonly DiagnosticDescriptor Prx0123 = new(
        "PRX0123", "Signature differs from what the transform gives", "{0}", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0123.md");

    public static readonly DiagnosticDescriptor Prx0124 = new(
        "PRX0124", "Function has no proximal operator by rule", "{0}", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0124.md");

    public static readonly DiagnosticDescriptor Prx0125 = new(
        "PRX0125", "Algorithm does not fit the problem", "{0}", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0125.md");

    public static readonly DiagnosticDescriptor Prx0126 = new(
        "PRX0126", "Method depends on an order", "{0}", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0126.md");

    public static readonly DiagnosticDescriptor Prx0131 = new(
        "PRX0131", "Size is hardly meant", "'{0}' is no size of the constructor, so each call binds it; did you mean '{1}'?", Shapes, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0131.md");

    public static readonly DiagnosticDescriptor Prx0132 = new(
        "PRX0132", "Size is crossed with itself", "{0}", Shapes, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0132.md");

    public static readonly DiagnosticDescriptor Prx0133 = new(
        "PRX0133", "Derivative is zero", "{0} does not change with '{1}', so the derivative is zero everywhere", Transforms, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0133.md");

    public static readonly DiagnosticDescriptor Prx0134 = new(
        "PRX0134", "Transform by the same name twice", "'{0}' is named twice", Transforms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0134.md");

    public static readonly DiagnosticDescriptor Prx0135 = new(
        "PRX0135", "Step is compared when it runs", "{0}; left out, the step follows from L", Transforms, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0135.md");

    public static readonly DiagnosticDescriptor Prx0140 = new(
        "PRX0140", "Edge function without a slice for each edge", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0140.md");

    public static readonly DiagnosticDescriptor Prx0190 = new(
        "PRX0190", "Shape of a local", "{0} is {1}", Shapes, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0190.md");

    public static readonly DiagnosticDescriptor Prx0191 = new(
        "PRX0191", "Requirement is not met", "{0}", Shapes, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0191.md");

    public static readonly DiagnosticDescriptor Prx0201 = new(
        "PRX0201", "Child is not used", "The child '{0}' is not used; its parameters are stored and saved, and never learned", Children, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0201.md");

    public static readonly DiagnosticDescriptor Prx0202 = new(
        "PRX0202", "Parameter is not read", "No method reads the {1} '{0}'", Declaration, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0202.md");

    public static readonly DiagnosticDescriptor Prx0203 = new(
        "PRX0203", "Size is not used", "Nothing in the class mentions the size '{0}'", Declaration, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpBase + "PRX0203.md");

    public static readonly DiagnosticDescriptor Prx0205 = new(
        "PRX0205", "Double becomes float", "'{0}' is double, and the compiled targets compute with it as float", Targets, DiagnosticSeverity.Info, isEnabledByDefault: false, helpLinkUri: HelpBase + "PRX0205.md");

    public static readonly DiagnosticDescriptor Prx0301 = new(
        "PRX0301", "Kernels are not fused", "{0} is computed by a kernel of its own, because {1}", Performance, DiagnosticSeverity.Info, isEnabledByDefault: false, helpLinkUri: HelpBase + "PRX0301.md");

    public static readonly DiagnosticDescriptor Prx0302 = new(
        "PRX0302", "Both branches are computed", "Both branches are computed in every iteration, because the condition depends on the loop; take the iteration out of the loop where that costs too much", Performance, DiagnosticSeverity.Info, isEnabledByDefault: false, helpLinkUri: HelpBase + "PRX0302.md");

    public static readonly DiagnosticDescriptor Prx0303 = new(
        "PRX0303", "Derived loop keeps its history", "{0} keeps '{1}' of every iteration: {2} bytes", Performance, DiagnosticSeverity.Info, isEnabledByDefault: false, helpLinkUri: HelpBase + "PRX0303.md");

    public static readonly DiagnosticDescriptor Prx0304 = new(
        "PRX0304", "Method is generated several times", "'{0}' is generated {1} times, once per outcome of its conditions on sizes", Performance, DiagnosticSeverity.Info, isEnabledByDefault: false, helpLinkUri: HelpBase + "PRX0304.md");

    /// <summary>All of them, by ascending number.</summary>
    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        Prx0001, Prx0002, Prx0003, Prx0004, Prx0005, Prx0006, Prx0007, Prx0008, Prx0009, Prx0010,
        Prx0011, Prx0012, Prx0013, Prx0014, Prx0015, Prx0016, Prx0017, Prx0018, Prx0019, Prx0020,
        Prx0021, Prx0022, Prx0023, Prx0024, Prx0025, Prx0026, Prx0027, Prx0030, Prx0031, Prx0040, Prx0101,
        Prx0102, Prx0103, Prx0104, Prx0105, Prx0106, Prx0107, Prx0108, Prx0109, Prx0110, Prx0111,
        Prx0112, Prx0113, Prx0114, Prx0115, Prx0116, Prx0117, Prx0118, Prx0119, Prx0120, Prx0121,
        Prx0122, Prx0123, Prx0124, Prx0125, Prx0126, Prx0131, Prx0132, Prx0133, Prx0134, Prx0135, Prx0140, Prx0190, Prx0191, Prx0201, Prx0202,
        Prx0203, Prx0205, Prx0301, Prx0302, Prx0303, Prx0304,
    ];

    /// <summary>Those that need a plan of the generated code.</summary>
    public static readonly ImmutableArray<DiagnosticDescriptor> OfPlans = [Prx0301, Prx0303, Prx0304];

    /// <summary>Those that need the declaration only.</summary>
    public static readonly ImmutableArray<DiagnosticDescriptor> OfDeclarations = [.. All.Where(rule => !OfPlans.Contains(rule))];

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> s_all = All.ToImmutableDictionary(d => d.Id);

    /// <summary>The descriptor of a finding.</summary>
    public static DiagnosticDescriptor Of(string id) => s_all[id];
}
