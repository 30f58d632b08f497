namespace Proxima;

public static partial class Ops
{
    /// <summary>The sum of products that an equation of index letters names: "ij,jk->ik" is the matrix product.</summary>
    /// <param name="equation">
    /// A letter for each dimension, operands parted by commas, then "->" and the letters of the result; letters that it lacks are summed over. Without
    /// "->" the result has the letters that occur once, in alphabetical order. A letter that one operand has twice takes its diagonal.
    /// </param>
    /// <param name="operands">The tensors.</param>
    /// <exception cref="ArgumentException">The equation is malformed or does not fit the operands.</exception>
    public static Tensor Einsum(string equation, params Tensor[] operands)
    {
        var parts = equation.Replace(" ", "").Split("->");
        var inputs = parts[0].Split(',');
        var letters = string.Concat(inputs);
        var output = parts.Length == 2 ? parts[1] : new string([.. letters.Distinct().Where(letter => letters.Count(other => other == letter) == 1).Order()]);
        if (parts.Length > 2 || (letters + output).Any(letter => !char.IsLetter(letter)) || output.Distinct().Count() != output.Length || output.Any(letter => !letters.Contains(letter)))
            throw new ArgumentException($"Einsum: \"{equation}\" is no equation.");
        if (inputs.Length != operands.Length) throw new ArgumentException($"Einsum: \"{equation}\" names {inputs.Length} operands, and {operands.Length} are given.");
        var sizes = new Dictionary<char, int>();
        for (var i = 0; i < operands.Length; i++)
        {
            if (operands[i].Rank != inputs[i].Length) throw Mismatch(i);
            for (var axis = 0; axis < operands[i].Rank; axis++)
                if (!sizes.TryAdd(inputs[i][axis], operands[i].Shape[axis]) && sizes[inputs[i][axis]] != operands[i].Shape[axis]) throw Mismatch(i);
        }
        var dtype = operands.Select(operand => operand.DType).Aggregate(DTypes.Promote);
        if (dtype == DType.Bool) throw NotNumbers("Einsum");
        var terms = operands.Select((operand, i) => Diagonal((inputs[i], operand.As(dtype)))).ToArray();
        // From left to right; what only one operand has is summed over before.
        var result = Folded(terms[0], string.Concat(inputs[1..]) + output);
        for (var i = 1; i < terms.Length; i++)
        {
            var later = string.Concat(inputs[(i + 1)..]) + output;
            result = Contract(result, Folded(terms[i], result.Letters + later), later);
        }
        return Permute(result.Value, [.. output.Select(letter => result.Letters.IndexOf(letter))]);

        ArgumentException Mismatch(int i) => new($"Einsum: operand {i} is {Shapes.Text(operands[i].Shape)}; it does not fit '{inputs[i]}' of \"{equation}\".");

        static (string Letters, Tensor Value) Diagonal((string Letters, Tensor Value) term)
        {
            for (var i = 0; i < term.Letters.Length; i++)
            {
                var again = term.Letters.IndexOf(term.Letters[i], i + 1);
                if (again < 0) continue;
                int[] strides = Shapes.Strides(term.Value.Shape), shape = term.Value.Shape.ToArray();
                strides[i] += strides[again];
                return Diagonal((term.Letters.Remove(again, 1), Strided.Read(term.Value, 0, [.. shape[..again], .. shape[(again + 1)..]], [.. strides[..again], .. strides[(again + 1)..]])));
            }
            return term;
        }

        static (string Letters, Tensor Value) Folded((string Letters, Tensor Value) term, string needed) =>
            (new([.. term.Letters.Where(needed.Contains)]), Sum(term.Value, [.. Enumerable.Range(0, term.Letters.Length).Where(i => !needed.Contains(term.Letters[i]))]));

        static (string Letters, Tensor Value) Contract((string Letters, Tensor Value) x, (string Letters, Tensor Value) y, string later)
        {
            string batch = new([.. x.Letters.Where(letter => y.Letters.Contains(letter) && later.Contains(letter))]), inner = new([.. x.Letters.Where(letter => y.Letters.Contains(letter) && !later.Contains(letter))]);
            string rows = new([.. x.Letters.Except(y.Letters)]), columns = new([.. y.Letters.Except(x.Letters)]);
            int[] own = [.. Sizes(x, batch)], left = [.. Sizes(x, rows)], right = [.. Sizes(y, columns)], depth = [.. Sizes(x, inner)];
            var a = Reshape(Ordered(x, batch + rows + inner), [.. own, Count(left), Count(depth)]);
            var b = Reshape(Ordered(y, batch + inner + columns), [.. own, Count(depth), Count(right)]);
            return (batch + rows + columns, Reshape(MatMul(a, b), [.. own, .. left, .. right]));
        }

        static IEnumerable<int> Sizes((string Letters, Tensor Value) term, string letters) => letters.Select(letter => term.Value.Dim(term.Letters.IndexOf(letter)));

        static int Count(int[] sizes) => checked((int)Shapes.Length(sizes));

        static Tensor Ordered((string Letters, Tensor Value) term, string letters) => Permute(term.Value, [.. letters.Select(letter => term.Letters.IndexOf(letter))]);
    }
}
