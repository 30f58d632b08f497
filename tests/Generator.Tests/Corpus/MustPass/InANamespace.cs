// Networks inside namespaces and other classes.
namespace Models.Inner
{
    public static partial class Family
    {
        [Network]
        internal partial class Member(int n)
        {
            [Parameter("n")] internal partial Tensor Scale { get; }

            [return: Shape("b n")]
            internal virtual Tensor Forward([Shape("b n")] Tensor x) => x * Scale;
        }
    }
}

[Network]
internal partial class Net(int n)
{
    readonly Models.Inner.Family.Member member = new(n);

    [return: Shape("b n")]
    internal virtual Tensor Forward([Shape("b n")] Tensor x) => member.Forward(x);
}
