// a switch is not part of the language: use 'if' on sizes

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        [|switch|] (n)
        {
            case 1: return x;
            default: return Sin(x);
        }
    }
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        if (n == 1) return x;
        return Sin(x);
    }
}
