namespace Ingest.Fuzz;

/// <summary>Runs single inputs.</summary>
internal static class Attempt
{
    /// <summary>Gives a subject an input; an exception that is no property's is a broken one, too.</summary>
    /// <returns>What does not hold; null where everything does.</returns>
    public static PropertyException? At(ISubject subject, byte[] input, out ulong signal)
    {
        signal = 0;
        try
        {
            signal = subject.Try(input);
            return null;
        }
        catch (PropertyException broken)
        {
            return broken;
        }
        catch (Exception escaped)
        {
            return new PropertyException("no exception escapes", escaped.ToString());
        }
    }

    /// <summary>Gives a fresh subject one input.</summary>
    public static PropertyException? Alone(ITarget target, byte[] input)
    {
        using var subject = target.Open();
        return At(subject, input, out _);
    }
}
