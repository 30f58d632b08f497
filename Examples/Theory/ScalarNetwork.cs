using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>The smallest deep network: a product of numbers that is to be 1.</summary>
[Network]
public partial class ScalarNetwork
{
    /// <summary>Half the squared distance of the product from 1.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("d")] Tensor w) => 0.5 * Square(Prod(w) - 1);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss), wrt: "w")]
    public virtual partial Tensor Slope(Tensor w);

    /// <summary>Its Hessian: all derivatives of the gradient.</summary>
    [Jacobian(of: nameof(Slope))]
    public virtual partial Tensor Hessian(Tensor w);

    /// <summary>Steepest descent in continuous time.</summary>
    [return: Shape("d")]
    public virtual Tensor Descent([Shape("d")] Tensor w) => -Slope(w);

    /// <summary>The weights that gradient flow has reached at a time.</summary>
    [Ode(of: nameof(Descent), Method = OdeMethod.Rk4, Steps = 4000)]
    public virtual partial Tensor Flow(Tensor w, Tensor end);

    /// <summary>A step of gradient descent.</summary>
    [return: Shape("d")]
    public virtual Tensor Step([Shape("d")] Tensor w, [Shape("")] Tensor rate) => w - rate * Slope(w);
}
