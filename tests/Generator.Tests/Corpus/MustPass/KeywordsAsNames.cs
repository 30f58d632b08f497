// Names that C# keeps for itself.

[Network]
public partial class @static(int @base, int @in = 2, float @float = 0.5f, bool @is = true)
{
    readonly int @long = @base + 1;
    readonly Linear @lock = new(@base + 1, @base);
    readonly Linear[] @new = Repeat(@in, _ => new Linear(@base, @base));

    [Parameter("in base", Init = Init.Normal)] public partial Tensor @class { get; }

    [Buffer("base")] public partial Tensor @event { get; set; }

    [return: Shape("out base")]
    [Require("base + in >= base")]
    public virtual Tensor @do([Shape("out base")] Tensor @object, [Shape("base")] Tensor @case, bool @volatile = false)
    {
        var @else = @object;
        for (var @for = 0; @for < @in; @for++)
        {
            var @while = Tanh(@new[@for].Forward(@else) + @class[@for]);
            @else = @else + (@float * @while);
        }
        var (@try, @catch) = @this(@else, @long);
        return (@is && !@volatile ? @try : @catch) * @case + Map(@event, @ref => 1 + (@ref * @float));
    }

    [return: Shape("params base")]
    [return: Shape("params base")]
    public virtual (Tensor @checked, Tensor @unchecked) @this([Shape("params base")] Tensor @params, int @uint)
    {
        var @string = @lock.Forward(Concat([@params, Sum(@params, dim: 1, keepDim: true) / @uint], dim: 1));
        return (@string, Softmax(@string));
    }

    [return: Shape("")]
    public virtual Tensor @null([Shape("out base")] Tensor @object, [Shape("base")] Tensor @case, bool @volatile = true) => Sum(Square(@do(@object, @case, @volatile)));

    [Gradient(of: nameof(@null))]
    public virtual partial Gradients @operator(Tensor @object, Tensor @case, bool @volatile = true);

    [Gradient(of: nameof(@null), wrt: "object, case")]
    public virtual partial (Tensor @byte, Tensor @char) @using(Tensor @out, Tensor @double, bool @volatile = true);
}
