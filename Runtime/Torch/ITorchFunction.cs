namespace Proxima.Torch;

/// <summary>A method of a network together with its vector-Jacobian product, as the generator prints them.</summary>
/// <remarks>
/// The tensors are views of torch's memory and valid only during the call. Everything that can be wrong with the inputs must be found, and thrown,
/// by <see cref="Forward"/>: libtorch cannot carry an exception out of a backward pass.
/// </remarks>
public interface ITorchFunction
{
    /// <summary>Computes the outputs.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit the declared shapes and element types.</exception>
    Tensor[] Forward(Tensor[] inputs);

    /// <summary>Computes the derivatives of the sum over the outputs of output times cotangent.</summary>
    /// <param name="inputs">The inputs of <see cref="Forward"/>.</param>
    /// <param name="cotangents">One for each output, of its shape; zeros for an output that the loss does not depend on.</param>
    /// <param name="inputGradients">One for each input: a tensor of its shape to overwrite, or null where nobody asked.</param>
    /// <param name="parameterGradients">To overwrite; they are zero at the call, so those of parameters that play no part may be left alone.</param>
    void Backward(Tensor[] inputs, Tensor[] cotangents, Tensor?[] inputGradients, Gradients parameterGradients);
}
