namespace Ingest.Bench;

/// <summary>How a request ended.</summary>
/// <param name="Status">The status code; 0 where no answer came.</param>
/// <param name="Events">Events of the request.</param>
/// <param name="BodyBytes">Bytes of its body.</param>
internal readonly record struct Answer(int Status, int Events, int BodyBytes)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}
