from clarifai_grpc.grpc.api.status.status_code_pb2 import *
