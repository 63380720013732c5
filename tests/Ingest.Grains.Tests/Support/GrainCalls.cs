using System.Collections.Concurrent;

namespace Ingest.Grains.Tests;

/// <summary>Sees every call that reaches a grain of a cluster.</summary>
internal sealed class GrainCalls
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls for which it says true wait until <see cref="Release"/>, as those of a silo that hangs.</summary>
    public Func<IIncomingGrainCallContext, bool> Hangs { get; set; } = _ => false;

    /// <summary>Calls for which it says true end with an error.</summary>
    public Func<IIncomingGrainCallContext, bool> Fails { get; set; } = _ => false;

    /// <summary>Number of calls so far of a method, such as <c>IPartitionGrain.OfferAsync</c>.</summary>
    public int Of(string method) => _counts.GetValueOrDefault(method);

    /// <summary>Every method, and how often it was called.</summary>
    public override string ToString() => string.Join(", ", _counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"));

    /// <summary>Lets calls that hang go on. A silo that stops gives them half a minute to end, and only then goes without them.</summary>
    public void Release() => _released.TrySetResult();

    public async Task InvokeAsync(IIncomingGrainCallContext context)
    {
        _counts.AddOrUpdate($"{context.InterfaceMethod.DeclaringType?.Name}.{context.InterfaceMethod.Name}", 1, (_, count) => count + 1);
        if (Hangs(context))
            await _released.Task;
        if (Fails(context))
            throw new InvalidOperationException("the test lets it fail");
        await context.Invoke();
    }
}
