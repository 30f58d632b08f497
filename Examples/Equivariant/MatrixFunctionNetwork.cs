using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// A matrix function network for chains whose atoms have two orbitals and perhaps an axis: local messages make the blocks of a self-adjoint matrix H, whose function
/// f(H) = Re sum w (z - H)^-1, with learned poles z and weights w, is read back from its diagonal blocks.
/// </summary>
/// <remarks>
/// Batatia, Schaaf, Csányi, Ortner, Faber, "Equivariant Matrix Function Neural Networks" (ICLR 2024). The paper makes H of MACE features; here the blocks are those that two p
/// orbitals allow: a number times the identity, and a number times the projection on the axis. With z = c + iy the real part is (aA + byI)(A^2 + y^2 I)^-1, A = c - H.
/// </remarks>
/// <param name="poles">The number of poles.</param>
/// <param name="width">The number of features of an atom.</param>
[Network]
public partial class MatrixFunctionNetwork(int poles, int width)
{
    /// <summary>From what an atom knows of itself.</summary>
    [Parameter("3 width", Init = Init.XavierNormal)] public partial Tensor Embed { get; }

    /// <summary>From its neighbours.</summary>
    [Parameter("width width", Init = Init.XavierNormal)] public partial Tensor Neighbour { get; }

    /// <summary>The identity's part of a diagonal block.</summary>
    [Parameter("width", Init = Init.Zeros)] public partial Tensor Site { get; }

    /// <summary>The axis' part of a diagonal block: it starts large, as if an axis took its orbital away.</summary>
    [Parameter("width", Init = 4)] public partial Tensor Tilt { get; }

    /// <summary>What either end adds to the block of a bond.</summary>
    [Parameter("width", Init = Init.Zeros)] public partial Tensor Hop { get; }

    /// <summary>The block of any bond.</summary>
    [Parameter("1", Init = 1)] public partial Tensor Bond { get; }

    /// <summary>The real parts of the poles.</summary>
    [Parameter("poles", Init = Init.Zeros)] public partial Tensor Centre { get; }

    /// <summary>What the imaginary parts are made of: they start at 2, 1, 1/2 and so on.</summary>
    [Parameter("poles", Init = 0.54)] public partial Tensor Height { get; }

    /// <summary>The real parts of the weights.</summary>
    [Parameter("poles", Init = Init.Zeros)] public partial Tensor Real { get; }

    /// <summary>Their imaginary parts.</summary>
    [Parameter("poles", Init = 0.3)] public partial Tensor Imaginary { get; }

    /// <summary>The readout's hidden layer.</summary>
    [Parameter("width+2 width", Init = Init.XavierNormal)] public partial Tensor Read { get; }

    /// <summary>The readout.</summary>
    [Parameter("width", Init = Init.Zeros)] public partial Tensor Out { get; }

    /// <summary>What trace and projection of a block add to the energy.</summary>
    [Parameter("2", Init = 0.5)] public partial Tensor Linear { get; }

    /// <summary>The features of the atoms after one local message.</summary>
    private Tensor Features(Tensor axis, Tensor bonds)
    {
        var degree = Sum(bonds, dim: 1);
        var length = Sum(Square(axis), dim: 2);
        var h = Tanh(MatMul(Stack([length, 0 * length + degree, 0 * length + 1], 2), Embed));
        return Tanh(h + MatMul(MatMul(bonds, h), Neighbour));
    }

    /// <summary>The matrix of a chain.</summary>
    /// <param name="axis">The axis of each atom, 0 where it has none.</param>
    /// <param name="bonds">1 where two atoms are joined.</param>
    [return: Shape("b 2*n 2*n")]
    public virtual Tensor Hamiltonian([Shape("b n 2")] Tensor axis, [Shape("n n")] Tensor bonds)
    {
        var h = Features(axis, bonds);
        int b = axis.Dim(0), n = axis.Dim(1);
        var own = Reshape(MatMul(h, Site), b, n, 1, 1) * Eye(2) + Reshape(MatMul(h, Tilt), b, n, 1, 1) * Unsqueeze(axis, 3) * Unsqueeze(axis, 2);
        var end = MatMul(h, Hop);
        var between = bonds * (Bond + Unsqueeze(end, 2) + Unsqueeze(end, 1));
        var blocks = Reshape(own, b, n, 2, 1, 2) * Reshape(Eye(n), n, 1, n, 1) + Reshape(between, b, n, 1, n, 1) * Reshape(Eye(2), 2, 1, 2);
        return Reshape(blocks, b, 2 * n, 2 * n);
    }

    /// <summary>The function of symmetric matrices.</summary>
    [return: Shape("b m m")]
    public virtual Tensor Function([Shape("b m m")] Tensor matrix)
    {
        var identity = Eye(matrix.Dim(1));
        var heights = Softplus(Height) * Exp2(1 - Arange(poles));
        var f = 0 * matrix;
        for (var s = 0; s < poles; s++)
        {
            var a = Centre[s] * identity - matrix;
            var y = heights[s];
            f += Solve(MatMul(a, a) + y * y * identity, Real[s] * a + Imaginary[s] * y * identity);
        }
        return f;
    }

    /// <summary>The energy of each chain.</summary>
    [return: Shape("b")]
    public virtual Tensor Energy([Shape("b n 2")] Tensor axis, [Shape("n n")] Tensor bonds)
    {
        int b = axis.Dim(0), n = axis.Dim(1);
        var blocks = Sum(Reshape(Function(Hamiltonian(axis, bonds)), b, n, 2, n, 2) * Reshape(Eye(n), n, 1, n, 1), dim: 3);
        var trace = Trace(blocks);
        var projection = Sum(blocks * Unsqueeze(axis, 3) * Unsqueeze(axis, 2), dims: [2, 3]);
        var read = Stack([trace, projection], 2);
        var hidden = Tanh(MatMul(Concat([Features(axis, bonds), read], 2), Read));
        return Sum(MatMul(hidden, Out) + MatMul(read, Linear), dim: 1);
    }

    /// <summary>The squared distance from energies, both counted from their mean over the chains.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n 2")] Tensor axis, [Shape("n n")] Tensor bonds, [Shape("b")] Tensor energy)
    {
        var e = Energy(axis, bonds);
        return MseLoss(e - Mean(e), energy - Mean(energy));
    }

    /// <summary>Its gradient, through the resolvents.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor axis, Tensor bonds, Tensor energy);
}

/// <summary>What it is compared with: two layers of messages of numbers and vectors along bonds.</summary>
/// <param name="width">The number of features of an atom.</param>
[Network]
public partial class LocalMessages(int width)
{
    /// <summary>From what an atom knows of itself.</summary>
    [Parameter("3 width", Init = Init.XavierNormal)] public partial Tensor Embed { get; }

    /// <summary>From neighbours, by layer.</summary>
    [Parameter("2 width width", Init = Init.XavierNormal)] public partial Tensor Neighbour { get; }

    /// <summary>From the length of the vector, by layer.</summary>
    [Parameter("2 width", Init = Init.Normal)] public partial Tensor Length { get; }

    /// <summary>How much of the neighbours' vectors an atom takes over, by layer.</summary>
    [Parameter("2", Init = 0.5)] public partial Tensor Vectors { get; }

    /// <summary>The readout.</summary>
    [Parameter("width", Init = Init.Normal)] public partial Tensor Out { get; }

    /// <summary>The energy of each chain.</summary>
    [return: Shape("b")]
    public virtual Tensor Energy([Shape("b n 2")] Tensor axis, [Shape("n n")] Tensor bonds)
    {
        var length = Sum(Square(axis), dim: 2);
        var h = Tanh(MatMul(Stack([length, 0 * length + Sum(bonds, dim: 1), 0 * length + 1], 2), Embed));
        var v = axis;
        for (var layer = 0; layer < 2; layer++)
        {
            v = v + Vectors[layer] * MatMul(bonds, v);
            h = Tanh(h + MatMul(MatMul(bonds, h), Neighbour[layer]) + Unsqueeze(Sum(Square(v), dim: 2), 2) * Length[layer]);
        }
        return Sum(MatMul(h, Out), dim: 1);
    }

    /// <summary>The squared distance from energies, both counted from their mean over the chains.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n 2")] Tensor axis, [Shape("n n")] Tensor bonds, [Shape("b")] Tensor energy)
    {
        var e = Energy(axis, bonds);
        return MseLoss(e - Mean(e), energy - Mean(energy));
    }

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor axis, Tensor bonds, Tensor energy);
}
