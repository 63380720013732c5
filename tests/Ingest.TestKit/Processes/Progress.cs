namespace Ingest.TestKit;

/// <summary>
/// Lines in a test's output that say how far it came. They also keep the runner from a wrong verdict: it takes a test
/// process for crashed that ends after 60 s without a message, although everything passed.
/// </summary>
public static class Progress
{
    /// <summary>Says what was measured; <c>./ingest test</c> shows such lines to the person who runs it.</summary>
    public static void Measured(string line) => Write("measured: " + line);

    public static void Write(string line) =>
        TestContext.Current.TestOutputHelper!.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.f} {line}");
}
