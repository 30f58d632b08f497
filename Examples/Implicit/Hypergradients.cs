using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// Regression with one penalty per weight: the weights are the fixed point of gradient descent, and the derivative of the validation loss by the penalties is
/// derived by the implicit function theorem.
/// </summary>
/// <remarks>
/// Lorraine, Vicol and Duvenaud, "Optimizing millions of hyperparameters by implicit differentiation" (AISTATS 2020). The step is <c>w - rate dL_T/dw</c>, so the linear fixed point of
/// the implicit derivative, run for J + 1 iterations from 0, is the paper's Neumann series of J terms beyond the first: <c>rate sum_j (I - rate H)^j v</c>.
/// </remarks>
/// <param name="n">The number of weights.</param>
/// <param name="rate">The step size of the descent.</param>
[Network]
public partial class PenalizedRegression(int n, float rate = 0.2f)
{
    /// <summary>The logarithms of the penalties.</summary>
    [Parameter("n", Init = Init.Zeros)] public partial Tensor LogPenalty { get; }

    /// <summary>The training loss of weights.</summary>
    [return: Shape("")]
    public virtual Tensor TrainingLoss([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y) =>
        0.5 * Sum(Square(MatMul(x, w) - y)) / x.Dim(0) + 0.5 * Sum(Exp(LogPenalty) * Square(w));

    /// <summary>Its gradient by the weights.</summary>
    [Gradient(of: nameof(TrainingLoss), wrt: "w")]
    public virtual partial Tensor Slope(Tensor w, Tensor x, Tensor y);

    /// <summary>One step of gradient descent.</summary>
    [return: Shape("n")]
    public virtual Tensor Step([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y) => w - rate * Slope(w, x, y);

    /// <summary>The trained weights, with the derivative of the implicit function.</summary>
    [FixedPoint(of: nameof(Step), MaxIterations = 20000, Tolerance = 1e-14)]
    public virtual partial Tensor Train(Tensor w, Tensor x, Tensor y);

    /// <summary>One more step from trained weights, whose derivative is the series of 1 term: the Hessian taken for the identity.</summary>
    [FixedPoint(of: nameof(Step), MaxIterations = 20000, Tolerance = 1e-14, BackwardIterations = 1)]
    public virtual partial Tensor Train1(Tensor w, Tensor x, Tensor y);

    /// <summary>The series of 4 terms.</summary>
    [FixedPoint(of: nameof(Step), MaxIterations = 20000, Tolerance = 1e-14, BackwardIterations = 4)]
    public virtual partial Tensor Train4(Tensor w, Tensor x, Tensor y);

    /// <summary>The series of 11 terms.</summary>
    [FixedPoint(of: nameof(Step), MaxIterations = 20000, Tolerance = 1e-14, BackwardIterations = 11)]
    public virtual partial Tensor Train11(Tensor w, Tensor x, Tensor y);

    /// <summary>The series of 401 terms.</summary>
    [FixedPoint(of: nameof(Step), MaxIterations = 20000, Tolerance = 1e-14, BackwardIterations = 401)]
    public virtual partial Tensor Train401(Tensor w, Tensor x, Tensor y);

    /// <summary>1 step that is differentiated through.</summary>
    [FixedPoint(of: nameof(Step), Backward = Backward.Unroll, MaxIterations = 1)]
    public virtual partial Tensor Unroll1(Tensor w, Tensor x, Tensor y);

    /// <summary>4 steps that are differentiated through.</summary>
    [FixedPoint(of: nameof(Step), Backward = Backward.Unroll, MaxIterations = 4)]
    public virtual partial Tensor Unroll4(Tensor w, Tensor x, Tensor y);

    /// <summary>11 steps that are differentiated through.</summary>
    [FixedPoint(of: nameof(Step), Backward = Backward.Unroll, MaxIterations = 11)]
    public virtual partial Tensor Unroll11(Tensor w, Tensor x, Tensor y);

    /// <summary>401 steps that are differentiated through.</summary>
    [FixedPoint(of: nameof(Step), Backward = Backward.Unroll, MaxIterations = 401)]
    public virtual partial Tensor Unroll401(Tensor w, Tensor x, Tensor y);

    Tensor Validation(Tensor w, Tensor x, Tensor y) => 0.5 * Sum(Square(MatMul(x, w) - y)) / x.Dim(0);

    /// <summary>The validation loss of the trained weights.</summary>
    [return: Shape("")]
    public virtual Tensor ValidationLoss([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        Validation(Train(w, x, y), validX, validY);

    /// <summary>The same with the series of 1 term.</summary>
    [return: Shape("")]
    public virtual Tensor Neumann1([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        Validation(Train1(w, x, y), validX, validY);

    /// <summary>The same with the series of 4 terms.</summary>
    [return: Shape("")]
    public virtual Tensor Neumann4([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        Validation(Train4(w, x, y), validX, validY);

    /// <summary>The same with the series of 11 terms.</summary>
    [return: Shape("")]
    public virtual Tensor Neumann11([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        Validation(Train11(w, x, y), validX, validY);

    /// <summary>The same with the series of 401 terms.</summary>
    [return: Shape("")]
    public virtual Tensor Neumann401([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        Validation(Train401(w, x, y), validX, validY);

    /// <summary>The validation loss after 1 step.</summary>
    [return: Shape("")]
    public virtual Tensor Unrolled1([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        Validation(Unroll1(w, x, y), validX, validY);

    /// <summary>The validation loss after 4 steps.</summary>
    [return: Shape("")]
    public virtual Tensor Unrolled4([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        Validation(Unroll4(w, x, y), validX, validY);

    /// <summary>The validation loss after 11 steps.</summary>
    [return: Shape("")]
    public virtual Tensor Unrolled11([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        Validation(Unroll11(w, x, y), validX, validY);

    /// <summary>The validation loss after 401 steps.</summary>
    [return: Shape("")]
    public virtual Tensor Unrolled401([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        Validation(Unroll401(w, x, y), validX, validY);

    /// <summary>The hypergradient by the whole series.</summary>
    [Gradient(of: nameof(ValidationLoss))]
    public virtual partial Gradients Hypergradient(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);

    /// <summary>The hypergradient by 1 term.</summary>
    [Gradient(of: nameof(Neumann1))]
    public virtual partial Gradients NeumannGradient1(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);

    /// <summary>The hypergradient by 4 terms.</summary>
    [Gradient(of: nameof(Neumann4))]
    public virtual partial Gradients NeumannGradient4(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);

    /// <summary>The hypergradient by 11 terms.</summary>
    [Gradient(of: nameof(Neumann11))]
    public virtual partial Gradients NeumannGradient11(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);

    /// <summary>The hypergradient by 401 terms.</summary>
    [Gradient(of: nameof(Neumann401))]
    public virtual partial Gradients NeumannGradient401(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);

    /// <summary>The derivative through 1 step.</summary>
    [Gradient(of: nameof(Unrolled1))]
    public virtual partial Gradients UnrolledGradient1(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);

    /// <summary>The derivative through 4 steps.</summary>
    [Gradient(of: nameof(Unrolled4))]
    public virtual partial Gradients UnrolledGradient4(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);

    /// <summary>The derivative through 11 steps.</summary>
    [Gradient(of: nameof(Unrolled11))]
    public virtual partial Gradients UnrolledGradient11(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);

    /// <summary>The derivative through 401 steps.</summary>
    [Gradient(of: nameof(Unrolled401))]
    public virtual partial Gradients UnrolledGradient401(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);
}

/// <summary>Regression with a penalty per weight at scale: mixed steps, to the precision that a search of hyperparameters needs.</summary>
/// <param name="n">The number of weights, and of hyperparameters.</param>
/// <param name="rate">The step size of the descent.</param>
[Network]
public partial class ManyPenalties(int n, float rate = 0.2f)
{
    /// <summary>The logarithms of the penalties.</summary>
    [Parameter("n", Init = Init.Zeros)] public partial Tensor LogPenalty { get; }

    /// <summary>The training loss of weights.</summary>
    [return: Shape("")]
    public virtual Tensor TrainingLoss([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y) =>
        0.5 * Sum(Square(MatMul(x, w) - y)) / x.Dim(0) + 0.5 * Sum(Exp(LogPenalty) * Square(w));

    /// <summary>Its gradient by the weights.</summary>
    [Gradient(of: nameof(TrainingLoss), wrt: "w")]
    public virtual partial Tensor Slope(Tensor w, Tensor x, Tensor y);

    /// <summary>One step of gradient descent.</summary>
    [return: Shape("n")]
    public virtual Tensor Step([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y) => w - rate * Slope(w, x, y);

    /// <summary>The trained weights.</summary>
    [FixedPoint(of: nameof(Step), Solver = Solver.Anderson, MaxIterations = 200, Tolerance = 1e-5, BackwardTolerance = 1e-3)]
    public virtual partial Tensor Train(Tensor w, Tensor x, Tensor y);

    /// <summary>The validation loss of the trained weights.</summary>
    [return: Shape("")]
    public virtual Tensor ValidationLoss([Shape("n")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        0.5 * Mean(Square(MatMul(validX, Train(w, x, y)) - validY));

    /// <summary>The hypergradient.</summary>
    [Gradient(of: nameof(ValidationLoss))]
    public virtual partial Gradients Hypergradient(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);
}

/// <summary>A network of one hidden layer with a penalty per weight, its weights in one vector.</summary>
/// <param name="n">The size of an input.</param>
/// <param name="hidden">The width.</param>
/// <param name="rate">The step size of the descent.</param>
[Network]
public partial class PenalizedNetwork(int n, int hidden, float rate = 0.5f)
{
    /// <summary>The logarithms of the penalties.</summary>
    [Parameter("n*hidden+hidden", Init = -2.5)] public partial Tensor LogPenalty { get; }

    Tensor Predict(Tensor w, Tensor x) => MatMul(Tanh(MatMul(x, Reshape(w[..(n * hidden)], n, hidden))), w[(n * hidden)..]);

    /// <summary>The training loss of weights.</summary>
    [return: Shape("")]
    public virtual Tensor TrainingLoss([Shape("n*hidden+hidden")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y) =>
        0.5 * Mean(Square(Predict(w, x) - y)) + 0.5 * Sum(Exp(LogPenalty) * Square(w));

    /// <summary>Its gradient by the weights.</summary>
    [Gradient(of: nameof(TrainingLoss), wrt: "w")]
    public virtual partial Tensor Slope(Tensor w, Tensor x, Tensor y);

    /// <summary>One step of gradient descent.</summary>
    [return: Shape("n*hidden+hidden")]
    public virtual Tensor Step([Shape("n*hidden+hidden")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y) => w - rate * Slope(w, x, y);

    /// <summary>The trained weights.</summary>
    [FixedPoint(of: nameof(Step), Solver = Solver.Anderson, MaxIterations = 20000, Tolerance = 1e-12)]
    public virtual partial Tensor Train(Tensor w, Tensor x, Tensor y);

    /// <summary>The validation loss of the trained weights.</summary>
    [return: Shape("")]
    public virtual Tensor ValidationLoss([Shape("n*hidden+hidden")] Tensor w, [Shape("m n")] Tensor x, [Shape("m")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        0.5 * Mean(Square(Predict(Train(w, x, y), validX) - validY));

    /// <summary>The hypergradient.</summary>
    [Gradient(of: nameof(ValidationLoss))]
    public virtual partial Gradients Hypergradient(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);
}

/// <summary>Logistic regression on weighted examples: one hyperparameter per training example, learned against clean validation data.</summary>
/// <param name="n">The number of weights.</param>
/// <param name="examples">The number of training examples.</param>
/// <param name="rate">The step size of the descent.</param>
/// <param name="penalty">The penalty on the squares of the weights.</param>
[Network]
public partial class WeightedExamples(int n, int examples, float rate = 1f, float penalty = 0.01f)
{
    /// <summary>The trust in each example, before the logistic function.</summary>
    [Parameter("examples", Init = Init.Zeros)] public partial Tensor Trust { get; }

    /// <summary>The weighted training loss: labels are 1 and -1.</summary>
    [return: Shape("")]
    public virtual Tensor TrainingLoss([Shape("n")] Tensor w, [Shape("examples n")] Tensor x, [Shape("examples")] Tensor y) =>
        Sum(Sigmoid(Trust) * Softplus(-(y * MatMul(x, w)))) / examples + 0.5 * penalty * Sum(Square(w));

    /// <summary>Its gradient by the weights.</summary>
    [Gradient(of: nameof(TrainingLoss), wrt: "w")]
    public virtual partial Tensor Slope(Tensor w, Tensor x, Tensor y);

    /// <summary>One step of gradient descent.</summary>
    [return: Shape("n")]
    public virtual Tensor Step([Shape("n")] Tensor w, [Shape("examples n")] Tensor x, [Shape("examples")] Tensor y) => w - rate * Slope(w, x, y);

    /// <summary>The trained weights.</summary>
    [FixedPoint(of: nameof(Step), Solver = Solver.Anderson, MaxIterations = 300, Tolerance = 1e-5)]
    public virtual partial Tensor Train(Tensor w, Tensor x, Tensor y);

    /// <summary>The loss of the trained weights on clean data.</summary>
    [return: Shape("")]
    public virtual Tensor ValidationLoss([Shape("n")] Tensor w, [Shape("examples n")] Tensor x, [Shape("examples")] Tensor y, [Shape("v n")] Tensor validX, [Shape("v")] Tensor validY) =>
        Mean(Softplus(-(validY * MatMul(validX, Train(w, x, y)))));

    /// <summary>The hypergradient.</summary>
    [Gradient(of: nameof(ValidationLoss))]
    public virtual partial Gradients Hypergradient(Tensor w, Tensor x, Tensor y, Tensor validX, Tensor validY);
}
