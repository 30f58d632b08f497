using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>Sums of products by an equation of index letters: pairs of operands contract from left to right.</summary>
internal static class EinsumOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops) => ops.Add("Einsum", Einsum);

    /// <summary>A tensor whose axes have letters.</summary>
    private sealed record Term(string Letters, Node Node);

    private static Value Einsum(OpCall c)
    {
        if (c.Of("equation") is not TextValue { Text: var equation }) throw Refusal.Of("PRX0114", c.Source("equation").Origin, "Einsum: the equation must be known at build time");
        if (c.Of("operands") is not ListValue { Items: var items }) throw Interpreter.Wrong(c.Of("operands"), "a list of tensors, as [x, y]", c.Source("operands"));
        Refusal Malformed(int at, int length, string why) => Refusal.Of("PRX0117", ShapeEntry.Locate(equation, c.Source("equation").Origin, at, length), equation.Substring(at, length), why);

        var arrow = equation.IndexOf("->", StringComparison.Ordinal);
        var left = arrow < 0 ? equation : equation.Substring(0, arrow);
        for (var i = 0; i < equation.Length; i++)
            if (!char.IsLetter(equation[i]) && equation[i] is not (' ' or ',') && !(arrow >= 0 && i >= arrow && i < arrow + 2)) throw Malformed(i, 1, "is no index of an equation: letters name dimensions, commas part operands, and '->' stands before the result");
        var inputs = left.Split(',').Select(part => part.Replace(" ", "")).ToArray();
        if (inputs.Length != items.Length) throw c.Refuse("PRX0112", $"the equation names {inputs.Length} operand{(inputs.Length == 1 ? "" : "s")}, and {items.Length} are given");
        var letters = string.Concat(inputs);
        var output = arrow >= 0 ? equation.Substring(arrow + 2).Replace(" ", "")
            : new string([.. letters.Distinct().Where(letter => letters.Count(other => other == letter) == 1).OrderBy(letter => letter)]);
        foreach (var letter in output)
        {
            var at = equation.LastIndexOf(letter);
            if (letters.IndexOf(letter) < 0) throw Malformed(at, 1, "is an index of the result and of no operand");
            if (output.Count(other => other == letter) > 1) throw Malformed(at, 1, "is an index of the result twice");
        }

        var dtype = Interpreter.Promote(items);
        if (dtype == DType.Bool) throw c.NotNumbers(c.Source("operands"));
        var sizes = new Dictionary<char, (Dim Size, int Operand)>();
        var terms = new List<Term>();
        var source = c.Source("operands");
        Surface SourceOf(int i) => source.Count == items.Length ? source[i] : source;
        for (var i = 0; i < items.Length; i++)
        {
            var node = c.Interpreter.ToNode(items[i], dtype, SourceOf(i));
            string Words() => $"\"{equation}\": {Interpreter.Describe(SourceOf(i), node)}";
            if (c.Interpreter.HasLeading(node)) throw c.Refuse("PRX0109", $"{Words()} with leading batch dims ('...') in front, which no letter can name");
            if (node.Rank != inputs[i].Length) throw c.Refuse("PRX0109", $"{Words()}; '{inputs[i]}' names {inputs[i].Length} dimensions");
            var shape = node.Shape;
            for (var axis = 0; axis < node.Rank; axis++)
            {
                var letter = inputs[i][axis];
                if (!sizes.TryGetValue(letter, out var known)) sizes.Add(letter, (node.Shape[axis], i));
                else
                {
                    var (size, other) = (node.Shape[axis], known.Operand);
                    c.RequireEqual(known.Size, size, "PRX0112", () => $"{Words()}; '{letter}' is {size} here and {known.Size} in {SurfaceText.ToCSharp(SourceOf(other))}");
                    shape = shape.SetItem(axis, known.Size);
                }
            }
            terms.Add(Diagonal(c, new(inputs[i], c.B.Reshape(node, shape))));
        }

        var result = Reduce(c, terms[0], string.Concat(terms.Skip(1).Select(term => term.Letters)) + output);
        for (var i = 1; i < terms.Count; i++)
        {
            var later = string.Concat(terms.Skip(i + 1).Select(term => term.Letters)) + output;
            result = Contract(c, result, Reduce(c, terms[i], result.Letters + later), later);
        }
        return c.Result(c.B.Permute(result.Node, [.. output.Select(letter => result.Letters.IndexOf(letter))]));
    }

    /// <summary>A letter that an operand has twice takes its diagonal.</summary>
    private static Term Diagonal(OpCall c, Term term)
    {
        for (var i = 0; i < term.Letters.Length; i++)
        {
            var again = term.Letters.IndexOf(term.Letters[i], i + 1);
            if (again < 0) continue;
            var (shape, node) = (term.Node.Shape, term.Node);
            var isDiagonal = c.B.Pointwise(Op.Equal, c.B.Iota(shape, i, DType.Int64), c.B.Iota(shape, again, DType.Int64));
            return Diagonal(c, new(term.Letters.Remove(again, 1), c.B.Sum(c.B.Where(isDiagonal, node, c.B.Zeros(node.Type)), [again])));
        }
        return term;
    }

    /// <summary>Sums over what nothing else has.</summary>
    private static Term Reduce(OpCall c, Term term, string needed)
    {
        ImmutableArray<int> axes = [.. Enumerable.Range(0, term.Letters.Length).Where(i => needed.IndexOf(term.Letters[i]) < 0)];
        return new(new string([.. term.Letters.Where(letter => needed.IndexOf(letter) >= 0)]), c.B.Sum(term.Node, axes));
    }

    private static Term Contract(OpCall c, Term x, Term y, string later)
    {
        string Letters(string of, Func<char, bool> choose) => new([.. of.Where(choose)]);
        var batch = Letters(x.Letters, letter => y.Letters.IndexOf(letter) >= 0 && later.IndexOf(letter) >= 0);
        var inner = Letters(x.Letters, letter => y.Letters.IndexOf(letter) >= 0 && later.IndexOf(letter) < 0);
        var rows = Letters(x.Letters, letter => y.Letters.IndexOf(letter) < 0);
        var columns = Letters(y.Letters, letter => x.Letters.IndexOf(letter) < 0);
        var letters = batch + rows + columns;
        ImmutableArray<Dim> Sizes(Term term, string of) => [.. of.Select(letter => term.Node.Shape[term.Letters.IndexOf(letter)])];
        ImmutableArray<Dim> shape = [.. Sizes(x, batch + rows), .. Sizes(y, columns)];
        if (inner.Length == 0)
        {
            Node Stretch(Term term)
            {
                var own = Letters(letters, letter => term.Letters.IndexOf(letter) >= 0);
                return c.B.Broadcast(Permute(c, term, own), shape, [.. own.Select(letter => letters.IndexOf(letter))]);
            }
            return new(letters, c.B.Mul(Stretch(x), Stretch(y)));
        }
        if (rows.Length + columns.Length == 0)
        {
            var product = c.B.Mul(Permute(c, x, batch + inner), Permute(c, y, batch + inner));
            return new(batch, c.B.Sum(product, [.. Enumerable.Range(batch.Length, inner.Length)]));
        }
        Dim Count(Term term, string of) => Dim.Product(Sizes(term, of));
        Node a = c.B.Reshape(Permute(c, x, batch + rows + inner), [.. Sizes(x, batch), Count(x, rows), Count(x, inner)]);
        Node b = c.B.Reshape(Permute(c, y, batch + inner + columns), [.. Sizes(x, batch), Count(x, inner), Count(y, columns)]);
        return new(letters, c.B.Reshape(c.B.Dot(a, b), shape));
    }

    private static Node Permute(OpCall c, Term term, string order) => c.B.Permute(term.Node, [.. order.Select(letter => term.Letters.IndexOf(letter))]);
}
