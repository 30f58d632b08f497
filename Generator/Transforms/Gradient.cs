using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Reverse mode: the jvp, split into values and a part that is linear in the tangents, and that part transposed.</summary>
internal static class Gradient
{
    /// <summary>
    /// The function that returns the value of <paramref name="of"/> (one float of rank 0) and its gradients with respect to the named arguments,
    /// by default all float weights. ResultNames are "" for the value, then the arguments' full names.
    /// </summary>
    public static Function Apply(Function of, ImmutableArray<string> wrt)
    {
        if (of.Returned != 1 || of.Results[0].Rank != 0 || !of.Results[0].Type.IsFloat)
            throw new ArgumentException($"{of.Name} must return one float of rank 0");
        if (wrt.IsEmpty) wrt = [.. of.Arguments.Where(a => a.Kind == ArgumentKind.Weight && a.Node.Type.IsFloat).Select(a => a.Name)];
        var reverse = new Reverse(of, wrt);
        var value = reverse.Value(0);
        var gradients = reverse.Transpose([reverse.Builder.Full(1, value.Type)]);
        return Cleanup.Apply(of with
        {
            Arguments = reverse.Arguments,
            // A call updates buffers once, differentiated or not.
            Results = gradients.Insert(0, value).AddRange(Enumerable.Range(1, of.States.Count).Select(reverse.Value)),
            ResultNames = wrt.Insert(0, "").AddRange(of.States.Select(_ => "")),
        });
    }

    /// <summary>The gradients of the named arguments alone, without the value.</summary>
    public static Function ByNames(Function of, ImmutableArray<string> wrt)
    {
        var gradient = Apply(of, wrt);
        return Cleanup.Apply(gradient with { Results = gradient.Results.Items.RemoveAt(0), ResultNames = gradient.Results.Skip(1).Select(_ => "").ToImmutableArray() });
    }

    /// <summary>
    /// The vector-Jacobian product: takes the arguments of <paramref name="of"/> and a cotangent <c>ct0</c>, <c>ct1</c> .. for each float result;
    /// returns the gradients of the named arguments, in order.
    /// </summary>
    /// <param name="keepsValues">The results of <paramref name="of"/> come first.</param>
    public static Function ApplyVjp(Function of, ImmutableArray<string> wrt, bool keepsValues)
    {
        var reverse = new Reverse(of, wrt);
        var cotangents = ImmutableArray.CreateBuilder<Node?>();
        var arguments = reverse.Arguments.ToBuilder();
        for (var i = 0; i < of.Returned; i++)
        {
            Node? cotangent = null;
            if (of.Results[i].Type.IsFloat)
            {
                var name = of.FreshArgument("ct" + (arguments.Count - of.Arguments.Count).ToString(System.Globalization.CultureInfo.InvariantCulture));
                cotangent = reverse.Builder.Parameter(name, of.Results[i].Type);
                arguments.Add(new FunctionArgument(cotangent, ArgumentKind.Input, name));
            }
            cotangents.Add(cotangent);
        }
        var gradients = reverse.Transpose(cotangents.ToImmutable());
        if (!keepsValues) return Cleanup.Apply(of with { Arguments = arguments.ToImmutable(), Results = gradients, ResultNames = wrt, States = ImmutableArray<string>.Empty });
        var results = Enumerable.Range(0, of.Returned).Select(reverse.Value).Concat(gradients).Concat(Enumerable.Range(of.Returned, of.States.Count).Select(reverse.Value)).ToImmutableArray();
        return Cleanup.Apply(of with { Arguments = arguments.ToImmutable(), Results = results, ResultNames = results.Select(_ => "").ToImmutableArray() });
    }

    private sealed class Reverse
    {
        private readonly Function _of;
        private readonly CounterNames _names;
        private readonly Linearizer _linearizer;
        private readonly ImmutableArray<Node> _tangents;

        public Reverse(Function of, ImmutableArray<string> wrt)
        {
            // What is simple before stays simple: each node less is a tangent and a cotangent less.
            _of = of = Cleanup.Apply(of);
            _names = CounterNames.Of(of);
            _linearizer = new Linearizer(Builder, _names);
            var arguments = ImmutableArray.CreateBuilder<FunctionArgument>();
            var tangents = new Dictionary<string, Node>(StringComparer.Ordinal);
            foreach (var argument in of.Arguments)
            {
                var value = Builder.Parameter(argument.Node.Text, argument.Node.Type);
                value.Name = argument.Node.Name;
                arguments.Add(argument with { Node = value });
                var tangent = wrt.Contains(argument.Name) ? Builder.Parameter("d" + argument.Name, argument.Node.Type) : null;
                if (tangent is not null) tangents.Add(argument.Name, tangent);
                _linearizer.Set(argument.Node, value, tangent);
            }
            Arguments = arguments.ToImmutable();
            _tangents = [.. wrt.Select(name => tangents[name])];
            _linearizer.Run(of.Results);
        }

        public Builder Builder { get; } = new();

        public ImmutableArray<FunctionArgument> Arguments { get; }

        public Node Value(int result) => _linearizer.Value(_of.Results[result]);

        /// <summary>The gradients of the named arguments, given the cotangents of the results.</summary>
        public ImmutableArray<Node> Transpose(ImmutableArray<Node?> cotangents)
        {
            var transposer = new Transposer(Builder, _names, node => node, null);
            foreach (var tangent in _tangents) transposer.AddParameter(tangent);
            var results = _of.ReturnedResults.Select((result, i) => (Tangent: _linearizer.Tangent(result), Cotangent: cotangents[i]))
                .Where(pair => pair.Tangent is not null).ToImmutableArray();
            transposer.Run([.. results.Select(r => r.Tangent!)], [.. results.Select(r => r.Cotangent)]);
            return [.. _tangents.Select(Gradient)];

            Node Gradient(Node tangent)
            {
                if (transposer.Cotangent(tangent) is not { } gradient) return Builder.Zeros(tangent.Type);
                if (gradient.Op is not (Op.Parameter or Op.Full)) gradient.Name = tangent.Name;
                return gradient;
            }
        }
    }
}

/// <summary>The vector-Jacobian product.</summary>
internal static class Vjp
{
    /// <summary>The gradients of all float inputs and weights, under their names, given cotangents of the float results.</summary>
    public static Function Apply(Function of) =>
        Gradient.ApplyVjp(of, [.. of.Arguments.Where(a => a.Kind != ArgumentKind.Buffer && a.Node.Type.IsFloat).Select(a => a.Name)], keepsValues: false);

    /// <summary>The values, then the gradients of the named arguments.</summary>
    public static Function Apply(Function of, ImmutableArray<string> wrt) => Gradient.ApplyVjp(of, wrt, keepsValues: true);
}

/// <summary>The Hessian of a scalar function times a direction: forward mode over reverse mode.</summary>
internal static class Hvp
{
    /// <summary>Takes directions like <see cref="Jvp.Apply"/>; returns one product for each name.</summary>
    public static Function Apply(Function of, ImmutableArray<string> wrt)
    {
        var gradient = Gradient.ByNames(of, wrt);
        var jvp = Jvp.Apply(gradient, wrt);
        return Cleanup.Apply(jvp.With(jvp.Results.Items.RemoveRange(0, wrt.Length)) with { ResultNames = wrt.Select(_ => "").ToImmutableArray() });
    }
}
