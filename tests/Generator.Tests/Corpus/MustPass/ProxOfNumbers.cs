// An entry of one's own, whose parameters are numbers of the host as well as tensors.

using Proxima.Proximal;

public static class Banded
{
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor width, Tensor costs) => Sum(Relu(Norm(x, 2, dim: -1, keepDim: true) / Sqrt(costs) - width), dims: [-2, -1]);

    [TensorFunction, ProxRule(of: nameof(Value), Dims = 2)]
    public static Tensor Prox(Tensor x, Tensor step, Tensor width, Tensor costs)
    {
        var norm = Norm(x, 2, dim: -1, keepDim: true);
        var size = norm - Minimum(Relu(norm - width * Sqrt(costs)), step / Sqrt(costs));
        return x * (size / Where(norm > 0, norm, 1));
    }
}

[Network]
public partial class Net(int n, int m, float width)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n m")] Tensor x, [Shape("n 1")] Tensor costs) => Sum(Banded.Value(x, width, costs));

    [Prox(of: nameof(Energy))]
    public virtual partial Tensor OfEnergy(Tensor x, Tensor costs, float step);
}
