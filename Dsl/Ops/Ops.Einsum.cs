using System.Numerics;

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
        var order = output + new string([.. letters.Distinct().Where(letter => !output.Contains(letter))]);
        var sizes = new int[order.Length];
        Array.Fill(sizes, -1);
        var strides = new int[operands.Length][];
        for (var i = 0; i < operands.Length; i++)
        {
            if (operands[i].Rank != inputs[i].Length) throw Mismatch(i);
            strides[i] = new int[order.Length];
            var own = Shapes.Strides(operands[i].Shape);
            for (var axis = 0; axis < own.Length; axis++)
            {
                var at = order.IndexOf(inputs[i][axis]);
                if (sizes[at] >= 0 && sizes[at] != operands[i].Shape[axis]) throw Mismatch(i);
                sizes[at] = operands[i].Shape[axis];
                strides[i][at] += own[axis];
            }
        }
        var dtype = operands.Select(operand => operand.DType).Aggregate(DTypes.Promote);
        var terms = Array.ConvertAll(operands, operand => operand.As(dtype));
        var result = Tensor.Zeros(sizes[..output.Length], dtype);
        switch (dtype)
        {
            case DType.Float32: AddProducts<float>(terms, strides, sizes, result); break;
            case DType.Float64: AddProducts<double>(terms, strides, sizes, result); break;
            case DType.Int64: AddProducts<long>(terms, strides, sizes, result); break;
            default: throw NotNumbers("Einsum");
        }
        return result;

        ArgumentException Mismatch(int i) => new($"Einsum: operand {i} is {Shapes.Text(operands[i].Shape)}; it does not fit '{inputs[i]}' of \"{equation}\".");
    }

    private static void AddProducts<T>(Tensor[] terms, int[][] strides, int[] sizes, Tensor into) where T : unmanaged, INumber<T>
    {
        var result = into.AsSpan<T>();
        if (result.Length == 0) return;
        var inner = Shapes.Length(sizes) / result.Length;
        // The offsets of each term in the order of the result's elements, the summed dimensions innermost.
        var walks = terms.Select((term, i) => new Strided(0, sizes, strides[i])).Select(Offsets).ToArray();
        for (var i = 0; i < result.Length; i++)
        {
            for (long k = 0; k < inner; k++)
            {
                var product = T.One;
                for (var t = 0; t < terms.Length; t++)
                {
                    walks[t].MoveNext();
                    product *= terms[t].AsSpan<T>()[walks[t].Current];
                }
                result[i] += product;
            }
        }

        static IEnumerator<int> Offsets(Strided walk)
        {
            foreach (var run in walk.Runs())
                for (var i = 0; i < walk.RunLength; i++) yield return run + i * walk.RunStride;
        }
    }
}
