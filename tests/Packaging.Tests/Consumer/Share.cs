using Proxima;
using Proxima.Torch;

// One block of memory, seen as a tensor of either library.
var ours = Tensor.From([1f, 2f, 3f], 3);
using var theirs = ours.ToTorch();
theirs.mul_(2);
Console.WriteLine(string.Join(" ", ours.ToArray<float>()));
