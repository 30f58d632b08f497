using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Proxima.Generator.Ir;
using Proxima.Generator.Targets;
using Proxima.Generator.Targets.Reference;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>The printed reference of a function, compiled and run over Ops, against the evaluator.</summary>
public class AutodiffReferenceTests
{
    private static string Source(Function function, params string[] sizes)
    {
        var writer = new CodeWriter();
        writer.Line("using System;").Line("using Proxima;").Line("using static Proxima.Ops;").Blank();
        var parameters = function.Arguments.Items.Select(a => "Tensor " + a.Name).Concat(sizes.Select(size => "int " + size));
        using (writer.Block("public static class Printed"))
        using (writer.Block($"public static {(function.Results.Count == 1 ? "Tensor" : $"({string.Join(", ", function.Results.Items.Select(_ => "Tensor"))})")} Run({string.Join(", ", parameters)})"))
            ReferencePrinter.Print(writer, function, givesGradients: false, sizes);
        return writer.ToString();
    }

    private static MethodInfo Compile(string source)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name == "Proxima.Dsl.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Printed" + Guid.NewGuid().ToString("N"), [CSharpSyntaxTree.ParseText(source)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics) + "\n" + source);
        Assert.True(result.Diagnostics.All(d => d.Severity == DiagnosticSeverity.Hidden), string.Join("\n", result.Diagnostics) + "\n" + source);
        stream.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(stream).GetType("Printed")!.GetMethod("Run")!;
    }

    private static Tensor ToTensor(IrValue value, Proxima.DType dtype, Generator.Ir.DType declared)
    {
        var shape = value.Shape.Select(size => (int)size).ToArray();
        var tensor = Tensor.From(value.Data, shape);
        return tensor.To(declared switch { Generator.Ir.DType.Int64 => Proxima.DType.Int64, Generator.Ir.DType.Bool => Proxima.DType.Bool, _ => dtype });
    }

    private static void CheckReference(Function function, Dictionary<string, long> sizes, Dictionary<string, IrValue> arguments)
    {
        var constructor = sizes.Keys.Where(size => !function.Bindings.Items.Any(b => b.Size == size)).ToArray();
        var source = Source(function, constructor);
        var run = Compile(source);
        var expected = IrEvaluator.Run(function, arguments, sizes);
        foreach (var (dtype, tolerance) in new[] { (Proxima.DType.Float64, 1e-11), (Proxima.DType.Float32, 1e-3) })
        {
            var values = function.Arguments.Items.Select(a => (object)ToTensor(arguments[a.Name], dtype, a.Node.Type.DType)).Concat(constructor.Select(size => (object)(int)sizes[size]));
            object result;
            try
            {
                result = run.Invoke(null, [.. values])!;
            }
            catch (TargetInvocationException exception)
            {
                throw new InvalidOperationException(exception.InnerException!.Message + "\n" + source, exception.InnerException);
            }
            var tensors = result is System.Runtime.CompilerServices.ITuple tuple ? Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!).ToArray() : [(Tensor)result];
            for (var i = 0; i < tensors.Length; i++)
            {
                var declared = function.Results[i].Type.DType;
                if (declared == Generator.Ir.DType.Float32) Assert.Equal(dtype, tensors[i].DType);
                Assert.Equal(expected[i].Shape.Select(size => (int)size), tensors[i].Shape.ToArray());
                AssertClose(expected[i].Data, tensors[i].To(Proxima.DType.Float64).ToArray<double>(), tolerance, source);
            }
        }
    }

    public static TheoryData<string, double, string, string> Rules() => AutodiffRuleTests.Rules();

    public static TheoryData<string, long> Programs() => AutodiffLoopTests.Programs();

    [Theory]
    [MemberData(nameof(Rules))]
    public void GradientsOfOperations(string name, double offset, string arguments, string body)
    {
        var gradient = GradientOfAll(AutodiffRuleTests.Weighted(name, arguments, body));
        CheckReference(gradient, AutodiffRuleTests.Sizes, AutodiffRuleTests.Shifted(gradient, offset));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void LoopsAndTheirGradients(string name, long layers)
    {
        var function = AutodiffLoopTests.Program(name);
        var sizes = AutodiffLoopTests.Sizes(layers);
        CheckReference(function, sizes, Arguments(function, sizes));
        CheckReference(GradientOfAll(function), sizes, Arguments(function, sizes));
    }

    [Fact]
    public void LeadingDimsComeBack()
    {
        var function = Checked(Parse("""
            func Forward(y: f32[batch m] input, W: f32[m n] weight) {
              bind batch = "y" -1
              bind m = "y" 1
              x = Dot(y, W) : f32[batch n]
              s = ReduceSum(x) axes [0 1] : f32[]
              return x, s
            }
            """));
        var run = Compile(Source(function, "n"));
        var result = (System.Runtime.CompilerServices.ITuple)run.Invoke(null, [Tensor.Ones(2, 3, 4), Tensor.Ones(4, 5), 5])!;
        Assert.Equal([2, 3, 5], ((Tensor)result[0]!).Shape.ToArray());
        Assert.Equal(120f, ((Tensor)result[1]!).Item<float>());
    }

    [Fact]
    public void WhatEntryMustCheckIsChecked()
    {
        var function = Checked(Parse("""
            func Sum(x: f32[n] input, y: f32[?y0] input) {
              bind n = "x" 0
              bind y0 = "y" 0
              check y0 == n "y is declared [_]; it must fit \"x\""
              s = Add(x, y) : f32[n]
              return s
            }
            """));
        var run = Compile(Source(function));
        var exception = Assert.Throws<TargetInvocationException>(() => run.Invoke(null, [Tensor.Ones(2), Tensor.Ones(3)]));
        Assert.Equal("y is declared [_]; it must fit \"x\"", exception.InnerException!.Message);
    }

    [Fact]
    public void TheGradientOfListaReadsAsAPersonWouldWriteIt()
    {
        var writer = new CodeWriter();
        ReferencePrinter.Print(writer, Gradient(AutodiffLoopTests.Program("Lista")), givesGradients: true, []);
        Assert.Contains(
            """
            for (var k2 = 0; k2 < layers - 1; k2++)
            {
                var t7 = x0History[layers - k2 - 1];
                var t8 = NotEqual(t7, 0);
                var du = Where(t8, dx02, 0);
                var t9 = Transpose(Inhibition);
                var dx03 = MatMul(du, t9);
                var dc02 = dc0 + du;
                var t10 = x0History[layers - k2 - 2];
                var t11 = Transpose(t10);
                var t122 = MatMul(t11, du);
                var dS2 = dS + t122;
                var t13 = -du;
                var t14 = Sign(t7);
                var ds2 = t13 * t14;
                var ds1 = Sum(ds2);
                var ds0 = Reshape(ds1, [1]);
                var dT2 = UpdateAdd(dT, ds0, [layers - k2 - 1]);
                (dx02, dc0, dS, dT) = (dx03, dc02, dS2, dT2);
            }
            """, writer.ToString());
        Assert.EndsWith(
            """
            var gradients = new Gradients(this) { Value = loss };
            gradients.Destination("Encoder").CopyFrom(dEncoder);
            gradients.Destination("Inhibition").CopyFrom(dS);
            gradients.Destination("Threshold").CopyFrom(dThreshold);
            return gradients;

            """, writer.ToString());
    }
}
